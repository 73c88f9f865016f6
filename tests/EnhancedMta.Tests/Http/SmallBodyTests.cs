using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Tests.Http;

public sealed class SmallBodyTests
{
    private const int Most = 20_000;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(4095, false)]
    [InlineData(4096, false)]
    [InlineData(4097, false)]
    [InlineData(8194, true)]
    [InlineData(Most - 1, false)]
    [InlineData(Most, true)]
    [InlineData(Most, false)]
    public async Task A_body_is_read_whole_whether_its_length_is_told_or_not(int length, bool told)
    {
        var sent = Octets(length);
        var read = await SmallBody.ReadAsync(Request(sent, told ? length : null), Most, TestContext.Current.CancellationToken);
        Assert.Equal(sent, read!.Value.ToArray());
    }

    [Theory]
    [InlineData(Most + 1, null)]
    [InlineData(Most + 1, (long)Most + 1)]
    [InlineData(5 * Most, null)]
    [InlineData(5 * Most, long.MaxValue)]
    // A length that lies.
    [InlineData(5 * Most, 3L)]
    public async Task A_longer_one_is_refused(int length, long? told) =>
        Assert.Null(await SmallBody.ReadAsync(Request(Octets(length), told), Most, TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_small_one_takes_little_memory_however_large_it_might_be()
    {
        await SmallBody.ReadAsync(Request(Octets(10), 10), 5_000_000, TestContext.Current.CancellationToken);
        var request = Request(Octets(10), 10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await SmallBody.ReadAsync(request, 5_000_000, TestContext.Current.CancellationToken);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static byte[] Octets(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    private static HttpRequest Request(byte[] body, long? length)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(body);
        request.ContentLength = length;
        return request;
    }
}
