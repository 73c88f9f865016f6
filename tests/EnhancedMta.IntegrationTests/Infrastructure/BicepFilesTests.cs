namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>The templates as the compiler sees them, under the rules of infra/bicepconfig.json.</summary>
public sealed class BicepFilesTests
{
    [Fact]
    public async Task The_linter_has_nothing_to_say()
    {
        foreach (var pattern in new[] { "**/*.bicep", "*.bicepparam" })
        {
            var (exitCode, output, errors) = await Bicep.RunAsync("lint", "--no-restore", "--pattern", Path.Combine(Bicep.Folder, pattern));
            Assert.True(exitCode == 0 && (output + errors).Trim().Length == 0, output + errors);
        }
    }

    [Fact]
    public async Task The_linter_would_say_something()
    {
        // Else the test above could pass for want of files or rules.
        var folder = Directory.CreateTempSubdirectory("enhancedmta-bicep-").FullName;
        try
        {
            File.Copy(Path.Combine(Bicep.Folder, "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
            await File.WriteAllTextAsync(Path.Combine(folder, "main.bicep"), "param unused string\n@secure()\nparam key string\noutput leak string = key\n", TestContext.Current.CancellationToken);
            var (exitCode, output, errors) = await Bicep.RunAsync("lint", "--no-restore", "--pattern", Path.Combine(folder, "**/*.bicep"));
            Assert.NotEqual(0, exitCode);
            Assert.Contains("no-unused-params", output + errors, StringComparison.Ordinal);
            Assert.Contains("outputs-should-not-contain-secrets", output + errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Files_are_formatted()
    {
        var folder = Directory.CreateTempSubdirectory("enhancedmta-bicep-").FullName;
        try
        {
            var files = Directory.EnumerateFiles(Bicep.Folder, "*.bicep*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".bicep" or ".bicepparam").ToList();
            Assert.True(files.Count > 10);
            // By one process, which writes where they stand.
            string Copy(string file) => Path.Combine(folder, Path.GetRelativePath(Bicep.Folder, file).Replace('/', '~'));
            files.ForEach(file => File.Copy(file, Copy(file)));
            foreach (var pattern in new[] { "*.bicep", "*.bicepparam" })
            {
                var (exitCode, output, errors) = await Bicep.RunAsync("format", "--pattern", Path.Combine(folder, pattern));
                Assert.True(exitCode == 0, output + errors);
            }
            Assert.All(files, file => Assert.Equal(File.ReadAllText(Copy(file)), File.ReadAllText(file)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("dev", "egressPrefixLength", "28", "proxies", "[]", "There is no egress")]
    [InlineData("dev", "egressPrefixLength", "31", "proxies", "[for i in range(1, 3): { publicId: i, heloHost: 'mta.example.com' }]", "more proxies than the prefix has IPs")]
    public async Task What_cannot_work_is_said_before_anything_is_deployed(string environment, string name1, string value1, string name2, string value2, string fault)
    {
        var parameters = (await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, $"main.{environment}.bicepparam"), TestContext.Current.CancellationToken)).Split('\n').ToList();
        // The list of proxies has several lines.
        var from = parameters.FindIndex(line => line.StartsWith("param proxies", StringComparison.Ordinal));
        parameters.RemoveRange(from, parameters.FindIndex(from, line => line == "]") - from + 1);
        parameters.RemoveAll(line => line.StartsWith($"param {name1} ", StringComparison.Ordinal));
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => Bicep.ExpandTextAsync(
            "main.bicep", string.Join('\n', [.. parameters, $"param {name1} = {value1}", $"param {name2} = {value2}"])));
        Assert.Contains(fault, failed.Message, StringComparison.Ordinal);
    }
}
