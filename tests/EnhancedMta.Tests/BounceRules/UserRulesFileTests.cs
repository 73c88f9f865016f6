using EnhancedMta.BounceRules;
using EnhancedMta.UserRules;

namespace EnhancedMta.Tests.BounceRules;

public sealed class UserRulesFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"emta-rules-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task It_is_read_when_it_changed_and_only_then()
    {
        var source = new UserRulesFile(_path);
        Assert.Equal(UserRulesLook.None, await LookAsync(source, null));
        await File.WriteAllTextAsync(_path, "{}", TestContext.Current.CancellationToken);
        var first = await LookAsync(source, null);
        Assert.Equal("{}"u8.ToArray(), first.Json!.Value.ToArray());
        Assert.Null((await LookAsync(source, first.Stamp)).Json);
        await File.WriteAllTextAsync(_path, "{ }", TestContext.Current.CancellationToken);
        Assert.Equal(3, (await LookAsync(source, first.Stamp)).Json!.Value.Length);
        File.Delete(_path);
        Assert.Equal(UserRulesLook.None, await LookAsync(source, first.Stamp));
    }

    [Fact]
    public async Task Of_a_file_that_is_too_long_no_more_is_read_than_shows_it()
    {
        await using (var file = File.Create(_path))
            file.SetLength(RuleFile.MaxLength * 4L);
        Assert.Equal(RuleFile.MaxLength + 1, (await LookAsync(new UserRulesFile(_path), null)).Json!.Value.Length);
    }

    private static Task<UserRulesLook> LookAsync(UserRulesFile source, string? known) => source.LookAsync(known, TestContext.Current.CancellationToken);
}
