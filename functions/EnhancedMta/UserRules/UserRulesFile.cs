using System.Globalization;

namespace EnhancedMta.UserRules;

/// <summary>A user's rules in a file, told from others by its time and length.</summary>
/// <param name="path">Need not exist.</param>
public sealed class UserRulesFile(string path) : IUserRulesSource
{
    public string Kind => "file";

    public string Name => path;

    public async Task<UserRulesLook> LookAsync(string? known, CancellationToken cancellationToken)
    {
        try
        {
            // By the open file, not by its name: a link's own time says nothing about what it leads to.
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            var stamp = Stamp(file);
            if (stamp == known)
                return new UserRulesLook(known, null);
            var json = new byte[(int)Math.Min(file.Length, RuleDocument.MaxLength + 1L)];
            var length = await file.ReadAtLeastAsync(json, json.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            // Somebody is writing it just now: the next look sees the whole.
            return Stamp(file) == stamp ? new UserRulesLook(stamp, json.AsMemory(0, length)) : new UserRulesLook(known, null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return UserRulesLook.None;
        }
    }

    private static string Stamp(FileStream file) =>
        string.Create(CultureInfo.InvariantCulture, $"{File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks}~{file.Length}");
}
