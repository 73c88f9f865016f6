using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EnhancedMta.WarmUp;

namespace EnhancedMta.Tests.WarmUp;

public sealed class WarmUpScheduleTests
{
    private const string Good = """
        {
          // As users write it.
          "source": "ours", "days": [10, 20], "reserve": 0, "enough": 0.5,
          "limits": {"deferred": {"share": 0.1, "atLeast": 1}, "blocked": {"share": 0.1, "atLeast": 1}, "complaints": {"share": 0.1, "atLeast": 1}},
        }
        """;

    [Fact]
    public void Ours_climbs_from_200_to_10_million_in_29_days()
    {
        var schedule = WarmUpSchedule.BuiltIn;
        Assert.Equal((29, 200, 10_000_000), (schedule.LastDay, schedule.BudgetOf(1), schedule.BudgetOf(29)));
        Assert.All(Enumerable.Range(1, 28), day => Assert.InRange((double)schedule.BudgetOf(day + 1) / schedule.BudgetOf(day), 1.01, 2.51));
        Assert.Equal((200, 10_000_000), (schedule.BudgetOf(0), schedule.BudgetOf(99)));
        Assert.Equal((180, 200), (schedule.OpenTo(isUrgent: false, 1), schedule.OpenTo(isUrgent: true, 1)));
        Assert.NotEmpty(schedule.Source);
    }

    [Fact]
    public void A_file_with_comments_is_read() => Assert.Equal([10, 20], WarmUpSchedule.Parse(Encoding.UTF8.GetBytes(Good)).Days);

    [Theory]
    [InlineData("source", null, "source is missing")]
    [InlineData("source", "\"\"", "source must be text")]
    [InlineData("days", null, "days is missing")]
    [InlineData("days", "[]", "days must be a list of 1 to 365 numbers")]
    [InlineData("days", "[5, 0]", "days[1] must be a whole number from 1")]
    [InlineData("days", "[5, \"6\"]", "days[1] must be a whole number from 1")]
    [InlineData("reserve", "-0.1", "reserve must be a number from 0 up to 1")]
    [InlineData("enough", "1.5", "enough must be a number above 0 and up to 1")]
    [InlineData("enough", "\"half\"", "enough must be a number above 0 and up to 1")]
    [InlineData("limits", "[]", "limits must be an object")]
    [InlineData("limits.blocked", null, "limits.blocked is missing")]
    [InlineData("limits.blocked.share", "0", "limits.blocked.share must be a number above 0 and up to 1")]
    [InlineData("limits.complaints.atLeast", "0", "limits.complaints.atLeast must be a whole number of at least 1")]
    [InlineData("limits.spam", "{}", "limits has an unknown field 'spam'")]
    [InlineData("limits.blocked.much", "1", "limits.blocked has an unknown field 'much'")]
    [InlineData("hours", "[1]", "the file has an unknown field 'hours'")]
    public void A_fault_is_named(string path, string? value, string says)
    {
        var root = JsonNode.Parse(Good, null, new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        var names = path.Split('.');
        var parent = names[..^1].Aggregate(root, (node, name) => node[name]!.AsObject());
        if (value is null)
            parent.Remove(names[^1]);
        else
            parent[names[^1]] = JsonNode.Parse(value);
        Assert.StartsWith(says, Assert.Throws<FormatException>(() => WarmUpSchedule.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_day_to_a_year_of_one_to_a_thousand_million_messages_may_be_given()
    {
        Assert.Equal([1], Days("[1]").Days);
        Assert.Equal(365, Days(Year(365)).LastDay);
        Assert.Equal(1_000_000_000, Days("[1000000000]").BudgetOf(1));
        Assert.Throws<FormatException>(() => Days(Year(366)));
        Assert.Throws<FormatException>(() => Days("[1000000001]"));

        static string Year(int days) => $"[{string.Join(",", Enumerable.Repeat(7, days))}]";
        static WarmUpSchedule Days(string days) =>
            WarmUpSchedule.Parse(Encoding.UTF8.GetBytes(Good.Replace("[10, 20]", days, StringComparison.Ordinal).Replace("\"source\"", "\"$schema\": \"x\", \"about\": \"y\", \"source\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_of_the_settings_that_cannot_be_used_is_one_line()
    {
        var faults = new List<string>();
        Assert.Same(WarmUpSchedule.BuiltIn, WarmUpSchedule.Read("/nowhere/warm-up.json", faults));
        Assert.StartsWith("EnhancedMta__WarmUpFile: /nowhere/warm-up.json: ", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Same(WarmUpSchedule.BuiltIn, WarmUpSchedule.Read(null, faults));
        Assert.Single(faults);
    }

    [Fact]
    public void The_operators_text_shows_the_schedule_as_it_is()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "EnhancedMta.sln")))
            folder = folder.Parent!;
        var text = File.ReadAllText(Path.Combine(folder.FullName, "docs", "egress.md"));
        var days = WarmUpSchedule.BuiltIn.Days.Select((budget, index) => string.Create(CultureInfo.InvariantCulture, $"| {index + 1} | {budget:N0} |"));
        Assert.All(days, day => Assert.Contains(day, text, StringComparison.Ordinal));
    }
}
