using System.Globalization;

namespace EnhancedMta.Benchmarks.Limits;

/// <param name="Processes">Local hosts on one storage account.</param>
/// <param name="Messages">Of the large delivery.</param>
/// <param name="Speed">Seconds of the common clock in a real one.</param>
/// <param name="Slices">Slices of work for the throttled site.</param>
/// <param name="Kill">One process is killed when a third is sent.</param>
/// <param name="Stall">One process stands still for so many real seconds when a third is sent; 0 for none.</param>
/// <param name="Lease">How long a process that does not say that it lives keeps its connections, in real seconds: the machine is no faster than its clock.</param>
/// <param name="Logs">Folder that gets each process's output; null for none.</param>
/// <param name="Document">Markdown file whose table of runs gets this one; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record LimitsOptions(int Processes, int Messages, double Speed, int Slices, bool Kill, string? Logs, bool Json, double Stall = 0, double Lease = 20, string? Document = null)
{
    public const string Usage = "limits [--processes N] [--messages M] [--speed S] [--slices N] [--kill] [--stall SECONDS] [--lease SECONDS] [--logs FOLDER] [--write FILE] [--json]";

    private const double UsualSpeed = 10;

    /// <summary>Of the scene, as they are given.</summary>
    public string Arguments => string.Create(
        CultureInfo.InvariantCulture,
        $"--processes {Processes} --messages {Messages} --slices {Slices}{(Kill ? " --kill" : "")}{(Stall > 0 ? $" --stall {Stall:0.#}" : "")}{(Speed == UsualSpeed ? "" : $" --speed {Speed:0.#}")}");

    /// <summary>Processes that get requests. Campaign's go to any instance; one that is about to be killed, or to stand still, gets none, as the client does not repeat them.</summary>
    public int Receivers => Math.Max(1, Kill || Stall > 0 ? Processes - 1 : Processes);

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static LimitsOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new LimitsOptions(Processes: 2, Messages: 20_000, Speed: UsualSpeed, Slices: 8, Kill: false, Logs: null, Json: false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--processes", var text, ..] => (options with { Processes = (int)Number(text, "--processes", 1, 32) }, 2),
                ["--messages", var text, ..] => (options with { Messages = (int)Number(text, "--messages", 500, 1_000_000) }, 2),
                ["--speed", var text, ..] => (options with { Speed = Number(text, "--speed", 1, 60) }, 2),
                ["--slices", var text, ..] => (options with { Slices = (int)Number(text, "--slices", 3, 200) }, 2),
                ["--kill", ..] => (options with { Kill = true }, 1),
                ["--stall", var text, ..] => (options with { Stall = Number(text, "--stall", 0.1, 120) }, 2),
                ["--lease", var text, ..] => (options with { Lease = Number(text, "--lease", 1, 120) }, 2),
                ["--logs", var folder, ..] => (options with { Logs = folder }, 2),
                ["--write", var file, ..] => (options with { Document = file }, 2),
                ["--json", ..] => (options with { Json = true }, 1),
                _ => throw new FormatException($"Cannot use '{string.Join(' ', arguments.ToArray())}'. Usage: {Usage}"),
            };
            arguments = arguments[used..];
        }

        return options is { Kill: true, Processes: 1 } ? throw new FormatException("--kill needs a process that goes on: --processes 2 or more.") : options;
    }

    private static double Number(string text, string option, double least, double most) =>
        double.TryParse(text, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{text}' must be a number from {least} to {most}."));
}
