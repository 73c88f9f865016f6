using Azure.Data.Tables;
using EnhancedMta.Schedule;

namespace EnhancedMta.Tests.Schedule;

public sealed class PointerCompanyTests
{
    private readonly List<string[]> _written = [];

    [Fact]
    public async Task What_comes_for_the_same_minute_within_a_moment_is_written_at_once()
    {
        var company = new PointerCompany(WriteAsync);
        var all = Enumerable.Range(0, 20).Select(n => company.WriteAsync($"minute {n % 2}", [new TableEntity($"minute {n % 2}", $"{n}")])).ToList();
        await Task.WhenAll(all);
        Assert.Equal(2, _written.Count);
        Assert.All(_written, rows => Assert.Equal(10, rows.Length));
        // What comes afterwards is another company's.
        await company.WriteAsync("minute 0", [new TableEntity("minute 0", "late")]);
        Assert.Equal(["late"], _written[2]);
    }

    [Fact]
    public async Task Nobody_is_told_before_it_is_written_and_all_are_told_when_it_cannot_be()
    {
        var storage = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var company = new PointerCompany(_ => { begun.SetResult(); return storage.Task; });
        var (a, b) = (company.WriteAsync("minute", [new TableEntity("minute", "a")]), company.WriteAsync("minute", [new TableEntity("minute", "b")]));
        await begun.Task;
        Assert.False(a.IsCompleted || b.IsCompleted);
        storage.SetException(new Azure.RequestFailedException(503, "busy"));
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => a);
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => b);
    }

    [Fact]
    public async Task Nothing_is_forgotten_that_comes_while_a_company_closes()
    {
        var company = new PointerCompany(WriteAsync);
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(n => Task.Run(async () =>
        {
            await Task.Delay(n / 2, TestContext.Current.CancellationToken);
            await company.WriteAsync("minute", [new TableEntity("minute", $"{n}")]);
        })));
        Assert.Equal(2_000, _written.SelectMany(rows => rows).Distinct().Count());
        // A second, a quarter of one each.
        Assert.InRange(_written.Count, 1, 10);
    }

    private Task WriteAsync(IReadOnlyList<TableEntity> rows)
    {
        lock (_written)
            _written.Add([.. rows.Select(r => r.RowKey)]);
        return Task.CompletedTask;
    }
}
