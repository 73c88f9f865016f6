using EnhancedMta.LocalHost.Settings;

namespace EnhancedMta.IntegrationTests.Settings;

public sealed class LocalSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_core_tools_format_is_read()
    {
        var settings = Read("""
            {
              "IsEncrypted": false,
              // comments are allowed
              "Values": { "AzureWebJobsStorage": "UseDevelopmentStorage=true", "Mta__Limits__0": 7, "Mta__On": true, "LocalHost__FunctionKey": "mine", },
              "Host": { "LocalHttpPort": 7099, "CORS": "http://a.test, http://b.test" }
            }
            """);
        Assert.Equal("UseDevelopmentStorage=true", settings.Configuration["AzureWebJobsStorage"]);
        Assert.Equal("7", settings.Configuration["Mta:Limits:0"]);
        Assert.Equal("True", settings.Configuration["Mta:On"]);
        Assert.Equal(7099, settings.Port);
        Assert.Equal(["http://a.test", "http://b.test"], settings.CorsOrigins);
    }

    [Fact]
    public void Environment_variables_win_over_the_file()
    {
        var name = $"Test{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable($"{name}__Inner", "environment");
        try
        {
            Assert.Equal("environment", Read($$"""{"Values": {"{{name}}__Inner": "file"} }""").Configuration[$"{name}:Inner"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable($"{name}__Inner", null);
        }
    }

    [Fact]
    public void Keys_come_from_the_settings_and_are_random_where_absent()
    {
        var settings = Read("""{"Values": {"LocalHost__FunctionKey": "mine"}}""");
        var keys = settings.Keys();
        Assert.Equal("mine", keys.Function);
        Assert.Equal(64, keys.Master.Length);
        Assert.NotEqual(keys.Master, settings.Keys().Master);
        Assert.DoesNotContain("mine", keys.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "local.settings.json")]
    [InlineData("""{"IsEncrypted": true}""", "encrypted")]
    [InlineData("""{"Host": {"LocalHttpPort": "many"}}""", "local.settings.json")]
    public void What_is_not_in_that_format_is_an_error_that_names_the_file(string text, string says)
    {
        var e = Assert.Throws<FormatException>(() => Read(text));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, e.Message, StringComparison.Ordinal);
    }

    private LocalSettings Read(string text)
    {
        var path = Path.Combine(_folder, "local.settings.json");
        File.WriteAllText(path, text);
        return LocalSettings.Read(path);
    }
}
