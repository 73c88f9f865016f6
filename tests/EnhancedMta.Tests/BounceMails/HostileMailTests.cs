using System.Diagnostics;
using System.Text;
using EnhancedMta.BounceMails;
using EnhancedMta.Bounces;

namespace EnhancedMta.Tests.BounceMails;

public sealed class HostileMailTests
{
    private const string Fields = "Final-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such mailbox\n";

    // Generous: what is quadratic in 50 MB takes hours.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Fifty_megabytes_returned_are_passed_over_unread()
    {
        var mail = Mails.Status(Fields).ReplaceLineEndings("\r\n");
        var end = mail.IndexOf("Dear Anna", StringComparison.Ordinal);
        using var stream = new Repeated(Encoding.UTF8.GetBytes(mail[..end]), Encoding.ASCII.GetBytes(new string('x', 76) + "\r\n"), 50 * 1024 * 1024, Encoding.UTF8.GetBytes("\r\n--part--\r\n"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = await BounceMailReader.ReadAsync(stream, null, TestContext.Current.CancellationToken);
        Assert.Equal(("anna@example.com", "42.autumn@example.org"), (Assert.Single(read.Recipients).Address, read.OriginalMessageId));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("a@b\r\n")]
    [InlineData("<a@example.com>:\r\n")]
    [InlineData("--r\r\n\r\n")]
    [InlineData("Final-Recipient: rfc822; a@example.com\r\nAction: failed\r\n\r\n")]
    [InlineData("550 5.1.1 <a@example.com>... unknown\r\n")]
    [InlineData(">>> RCPT TO:<a@example.com>\r\n<<< 550 no\r\n")]
    [InlineData("From: a@example.com\r\nReceived: x\r\n\r\n")]
    [InlineData("Subject: x\r\n")]
    [InlineData(" \r\n")]
    [InlineData("<style><!--<")]
    [InlineData("@")]
    [InlineData("\"a@")]
    [InlineData("<a@<")]
    [InlineData("\0")]
    [InlineData("=\r\n")]
    [InlineData("unknown failed error ")]
    [InlineData("> ")]
    public async Task Endless_repetition_ends_soon(string piece)
    {
        foreach (var type in new[] { "text/plain", "text/html", "message/delivery-status", "message/feedback-report", "message/rfc822", "multipart/mixed; boundary=r" })
        {
            var clock = Stopwatch.StartNew();
            var head = $"Return-Path: <>\r\nFrom: MAILER-DAEMON@example.net\r\nSubject: failure notice\r\nContent-Type: {type}\r\n\r\n";
            using var stream = new Repeated(Encoding.ASCII.GetBytes(head), Encoding.ASCII.GetBytes(piece), 1024 * 1024, []);
            var read = await BounceMailReader.ReadAsync(stream, null, TestContext.Current.CancellationToken);
            Assert.InRange(read.Recipients.Count, 0, 100);
            Assert.True(clock.Elapsed < Long, $"{type} took {clock.Elapsed}");
        }
    }

    [Fact]
    public async Task A_long_page_before_the_fields_does_not_hide_them()
    {
        var mail = Mails.Status(Fields, "<p>" + new string('x', 1_000_000) + "</p>").Replace("text/plain; charset=utf-8", "text/html");
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(mail)).Address);
    }

    [Fact]
    public async Task An_endless_header_ends_soon()
    {
        using var line = new Repeated("Subject: "u8.ToArray(), "x"u8.ToArray(), 50 * 1024 * 1024, []);
        Assert.All((await BounceMailReader.ReadAsync(line, null, TestContext.Current.CancellationToken)).Recipients, recipient => Assert.Null(recipient.Address));
        using var fields = new Repeated([], "X-Field: value\r\n"u8.ToArray(), 8 * 1024 * 1024, []);
        Assert.Empty((await BounceMailReader.ReadAsync(fields, null, TestContext.Current.CancellationToken)).Recipients);
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed; boundary=b{0}\r\n\r\n--b{0}\r\n")]
    [InlineData("Content-Type: message/rfc822\r\n\r\n")]
    public async Task A_thousand_parts_in_one_another_are_no_harm(string level)
    {
        var mail = "From: a@example.com\r\n" + string.Concat(Enumerable.Range(0, 1_000).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, level, i))) + "\r\nHello";
        Assert.Equal(BounceMailKind.Other, (await Mails.ReadAsync(mail)).Kind);
    }

    [Fact]
    public async Task A_thousand_parts_in_a_row_do_not_hide_the_report()
    {
        var mail = Mails.Status(Fields).Replace("--part\nContent-Type: message/rfc822", string.Concat(Enumerable.Repeat("--part\nContent-Type: text/plain\n\nx\n", 1_000)) + "--part\nContent-Type: message/rfc822");
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(mail)).Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("\0\0\0")]
    [InlineData("no header at all")]
    [InlineData("Content-Type: multipart/report; boundary=\r\n\r\n--\r\n")]
    [InlineData("Content-Type: ;;;=\r\nFrom\r\n\r\n")]
    public async Task What_is_no_mail_has_an_answer(string mail)
    {
        var read = await Mails.ReadAsync(mail);
        Assert.All(read.Recipients, recipient => Assert.Null(recipient.Address));
    }

    [Fact]
    public async Task A_notice_that_lost_its_header_is_still_read()
    {
        var read = await Mails.ReadAsync("Hi. This is the mail server.\r\nI could not deliver your message.\r\n\r\n<anna@example.com>:\r\n550 5.1.1 nobody\r\n");
        Assert.Equal("anna@example.com", Assert.Single(read.Recipients).Address);
    }

    [Theory]
    [InlineData("iso-2022-jp", "iso-2022-jp")]
    [InlineData("iso-2022-jp", "us-ascii")]
    [InlineData("iso-2022-jp", "utf-8")]
    [InlineData("shift_jis", "shift_jis")]
    [InlineData("euc-jp", "euc-jp")]
    [InlineData("utf-8", "iso-8859-1")]
    [InlineData("utf-8", "no-such-charset")]
    [InlineData("utf-8", "")]
    public async Task Charsets_and_lies_about_them(string charset, string label) => Assert.Contains("存在しません", await WordsAsync(charset, label, "このユーザーは存在しません"), StringComparison.Ordinal);

    [Theory]
    [InlineData("gb2312", "gb2312", "邮箱不存在")]
    [InlineData("gb18030", "gbk", "邮箱不存在")]
    [InlineData("big5", "big5", "信箱不存在")]
    [InlineData("koi8-r", "koi8-r", "пользователь не найден")]
    [InlineData("windows-1251", "windows-1251", "пользователь не найден")]
    [InlineData("iso-8859-1", "iso-8859-1", "boîte pleine, échec")]
    [InlineData("windows-1252", "us-ascii", "boîte pleine, échec")]
    [InlineData("utf-16", "utf-16", "no such mailbox")]
    public async Task Other_charsets(string charset, string label, string words) => Assert.Contains(words, await WordsAsync(charset, label, words), StringComparison.Ordinal);

    [Fact]
    public async Task Quoted_printable_is_undone()
    {
        var mail = Mails.Notice("<anna@example.com>:\n550 5.1.1 bo=C3=AEte=\n pleine\n").Replace("MIME-Version: 1.0", "MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable");
        Assert.Contains("boîte pleine", (await Mails.OnlyAsync(mail)).Reply!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_streams_own_error_is_the_callers() =>
        await Assert.ThrowsAsync<IOException>(() => BounceMailReader.ReadAsync(new Repeated("From: a@example.com\r\n\r\n"u8.ToArray(), "x\r\n"u8.ToArray(), 1024 * 1024, []) { Fails = true }, null, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Cancellation_ends_it()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BounceMailReader.ReadAsync(new Repeated([], "x\r\n"u8.ToArray(), 1024 * 1024, []), null, cancelled.Token));
    }

    private static async Task<string> WordsAsync(string charset, string label, string words)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var body = Encoding.GetEncoding(charset).GetBytes($"Undeliverable.\r\n\r\n<anna@example.com>:\r\n550 5.1.1 {words}\r\n");
        var type = label.Length == 0 ? "text/plain" : $"text/plain; charset=\"{label}\"";
        var head = $"From: MAILER-DAEMON@example.net\r\nSubject: failure notice\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        var read = await Mails.ReadAsync([.. Encoding.ASCII.GetBytes(head), .. Encoding.ASCII.GetBytes(Convert.ToBase64String(body, Base64FormattingOptions.InsertLineBreaks))]);
        return Assert.Single(read.Recipients).Reply!.Text;
    }

    /// <summary>A mail of any size that is never in memory.</summary>
    private sealed class Repeated(byte[] head, byte[] piece, long length, byte[] tail) : Stream
    {
        private readonly byte[] _pieces = [.. Enumerable.Repeat(piece, 1 + (16 * 1024 / piece.Length)).SelectMany(octets => octets)];
        private long _position;

        public bool Fails { get; init; }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (Fails && _position > length / 2)
                throw new IOException("The connection was lost.");
            var count = 0;
            while (count < buffer.Length)
            {
                var (source, at) = _position < head.Length ? (head, _position) : _position < head.Length + length ? (_pieces, (_position - head.Length) % _pieces.Length) : (tail, _position - head.Length - length);
                var copied = (int)Math.Min(Math.Min(source.Length - at, buffer.Length - count), source == _pieces ? head.Length + length - _position : long.MaxValue);
                if (copied <= 0)
                    break;
                source.AsSpan((int)at, copied).CopyTo(buffer[count..]);
                count += copied;
                _position += copied;
            }
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ValueTask<int>(Read(buffer.Span));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
