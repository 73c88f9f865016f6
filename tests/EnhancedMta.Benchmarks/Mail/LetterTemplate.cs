using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EnhancedMta.Benchmarks.Mail;

/// <summary>A letter in some encoding, cut at its variables once, so that filling it in costs little more than copying.</summary>
internal sealed partial class LetterTemplate
{
    private const int Lines = 997;
    private const int NumberLength = 8;

    private static readonly byte[][] Names =
        [.. "Ada Alan Barbara Claude Dennis Donald Edsger Frances Grace Hedy John Ken Leslie Margaret Niklaus Radia Shafi Tim Tony Vint".Split(' ').Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] OwnLines = MakeLines();

    private readonly List<(byte[] Fixed, string? Variable)> _pieces = [];

    /// <param name="text">With the variables of <see cref="Letter"/>.</param>
    /// <param name="run">For <c>{run}</c>.</param>
    public LetterTemplate(string text, string run)
    {
        var at = 0;
        text = text.Replace("{run}", run, StringComparison.Ordinal);
        foreach (Match variable in Variable().Matches(text))
        {
            _pieces.Add((Encoding.UTF8.GetBytes(text[at..variable.Index]), variable.Value));
            at = variable.Index + variable.Length;
        }
        _pieces.Add((Encoding.UTF8.GetBytes(text[at..]), null));
    }

    /// <summary>Appends the letter to recipient <paramref name="number"/>.</summary>
    public void Write(int number, IBufferWriter<byte> output)
    {
        var ownLine = number;
        foreach (var (text, variable) in _pieces)
        {
            output.Write(text);
            switch (variable)
            {
                case "{number}":
                    number.TryFormat(output.GetSpan(NumberLength), out var length, "D8", CultureInfo.InvariantCulture);
                    output.Advance(length);
                    break;
                case "{name}":
                    output.Write(Names[number % Names.Length]);
                    break;
                case "{line}":
                    output.Write(OwnLines[ownLine % Lines]);
                    ownLine += 31;
                    break;
            }
        }
    }

    private static byte[][] MakeLines()
    {
        var words = new Words();
        return [.. Enumerable.Range(0, Lines).Select(_ => Encoding.ASCII.GetBytes(words.Line(Letter.LineLength)))];
    }

    [GeneratedRegex(@"\{(number|name|line)\}")]
    private static partial Regex Variable();
}
