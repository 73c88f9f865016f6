using System.Text;

namespace EnhancedMta.Benchmarks.Mail;

/// <summary>Text as letters have it: words, a new one each time, with no more sense than a benchmark needs. Always the same text.</summary>
internal sealed class Words
{
    private static readonly string[] Vocabulary =
        ("the of and to a in for is on that by this with you it not or be are from at as your all have new more an was we will home can us about if page my has "
        + "search free but our one other do no information time they site he up may what which their news out use any there see only so his when contact here business "
        + "who web also now help get view online first am been would how were services some these click its like service than find price date back top people had list "
        + "name just over state year day into email two health world next used go work last most products music buy data make them should product system post her city "
        + "add policy number such please available copyright support message after best software then jan good video well where info rights public books high school "
        + "through each links she review years order very privacy book items company read group need many user said de does set under general research university "
        + "january mail full map reviews program life know games way days management part could great united hotel real item international center ebay must store travel "
        + "comments made development report off member details line terms before hotels did send right type because local those using results office education national "
        + "car design take posted internet address community within states area want phone shipping reserved subject between forum family long based code show even "
        + "black check special prices website index being women much sign file link open today technology south case project same pages version section own found sports")
        .Split(' ');

    private readonly Random _random = new(20_240_229);

    public string Pick(IReadOnlyList<string> from) => from[_random.Next(from.Count)];

    /// <summary>A line of exactly so many characters.</summary>
    public string Line(int length)
    {
        var line = new StringBuilder(length + 16);
        while (line.Length < length)
            line.Append(Pick(Vocabulary)).Append(' ');
        line.Length = length;
        if (line[^1] == ' ')
            line[^1] = 's';
        return line.ToString();
    }
}
