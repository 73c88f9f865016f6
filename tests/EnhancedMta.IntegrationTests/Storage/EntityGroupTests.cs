using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using EnhancedMta.Storage;
using EnhancedMta.Storage.EntityGroups;

namespace EnhancedMta.IntegrationTests.Storage;

/// <summary>Our transactions against the SDK's own, on a real Azurite: what one does, answers and refuses, the other does too.</summary>
public sealed class EntityGroupTests(AzuriteFixture azurite)
{
    // What a key may hold that an address, a quoted string or JSON would trip over; and what stands in a text.
    private const string OddKey = "it's 50% + é & ü=\"<b>\" {x} ~ ; , @ : $ 漢 😀";
    private const string OddText = "\"quoted\" \\ 'single' <b>&amp;+ \u2028\u2029\u0085\u0001\t\r\n-- HTTP/1.1 500 {\"a\":[1]} é 漢 😀 http://x/y DELETE";

    private static readonly DateTimeOffset Time = new(2026, 11, 28, 23, 59, 58, 987, TimeSpan.FromHours(-7));

    private readonly string _account = azurite.NewAccount();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_types_and_odd_characters_are_stored_as_the_SDK_stores_them()
    {
        var (ours, sdk) = await TablesAsync();
        var (mine, theirs) = (await ours.SubmitTransactionAsync(Actions(), Cancel), await sdk.SubmitTransactionAsync(Actions(), Cancel));
        Assert.Equal(theirs.Value.Select(a => a.Status), mine.Value.Select(a => a.Status));
        Assert.Equal(theirs.GetRawResponse().Status, mine.GetRawResponse().Status);
        var rows = await RowsAsync(ours);
        AssertSame(await RowsAsync(sdk), rows);
        // Not only alike, but what was meant.
        Assert.Equal((OddText, long.MinValue, Time), (rows[OddKey].GetString("Text"), rows[OddKey].GetInt64("Long"), rows[OddKey].GetDateTimeOffset("Time")));
        Assert.Equal([0, 255, 10, 13], rows[OddKey].GetBinary("Octets"));
        // The ETags of the answer are those of the rows.
        Assert.Equal(mine.Value.Select(a => a.Headers.ETag), Actions().Select(a => (ETag?)rows[a.Entity.RowKey].ETag));

        static TableTransactionAction[] Actions() =>
        [
            new(TableTransactionActionType.Add, AllTypes(OddKey)),
            new(TableTransactionActionType.UpsertReplace, AllTypes("replaced or new")),
            new(TableTransactionActionType.UpsertMerge, AllTypes("merged or new")),
        ];
    }

    [Fact]
    public async Task Each_action_changes_rows_as_the_SDKs_does()
    {
        var (ours, sdk) = await TablesAsync();
        foreach (var table in new[] { ours, sdk })
        {
            await table.SubmitTransactionAsync(Names("merged", "replaced", "upserted", "overwritten", "gone", "gone for sure", "any").Select(name => new TableTransactionAction(TableTransactionActionType.Add, Row(name, ("Old", 1)))), Cancel);
            var rows = await RowsAsync(table);
            var answer = await table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.UpdateMerge, Row("merged", ("New", 2)), rows["merged"].ETag),
                new(TableTransactionActionType.UpdateReplace, Row("replaced", ("New", 2)), rows["replaced"].ETag),
                new(TableTransactionActionType.UpsertMerge, Row("upserted", ("New", 2))),
                new(TableTransactionActionType.UpsertReplace, Row("overwritten", ("New", 2))),
                new(TableTransactionActionType.Delete, rows["gone"], rows["gone"].ETag),
                new(TableTransactionActionType.Delete, Row("gone for sure")),
                new(TableTransactionActionType.UpdateMerge, Row("any", ("New", 2)), ETag.All),
                // What was read has storage's own columns, which are not written back.
                new(TableTransactionActionType.Add, Row("new")),
            ], Cancel);
            Assert.Equal([204, 204, 204, 204, 204, 204, 204, 204], answer.Value.Select(a => a.Status));
            Assert.Null(answer.Value[4].Headers.ETag);
        }

        var mine = await RowsAsync(ours);
        AssertSame(await RowsAsync(sdk), mine);
        Assert.Equal(["any", "merged", "new", "overwritten", "replaced", "upserted"], mine.Keys.Order());
        Assert.Equal((1, 2, null, 2), (mine["merged"].GetInt32("Old"), mine["merged"].GetInt32("New"), mine["replaced"].GetInt32("Old"), mine["replaced"].GetInt32("New")));
    }

    [Theory]
    [InlineData("exists", 409)]
    [InlineData("moved", 412)]
    [InlineData("missing", 404)]
    [InlineData("twice", 400)]
    public async Task A_row_that_cannot_be_written_is_named_as_the_SDK_names_it_and_nothing_is_written(string fault, int status)
    {
        var (ours, sdk) = await TablesAsync();
        var failures = new List<RequestFailedException>();
        foreach (var table in new[] { ours, sdk })
        {
            await table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Row("there"))], Cancel);
            var failing = fault switch
            {
                "exists" => new TableTransactionAction(TableTransactionActionType.Add, Row("there")),
                "moved" => new(TableTransactionActionType.UpdateMerge, Row("there", ("New", 2)), new ETag("W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"")),
                "missing" => new(TableTransactionActionType.Delete, Row("nowhere")),
                _ => new(TableTransactionActionType.Add, Row("1")),
            };
            failures.Add(await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.SubmitTransactionAsync(
                [new(TableTransactionActionType.Add, Row("1")), new(TableTransactionActionType.Add, Row("2")), failing, new(TableTransactionActionType.Add, Row("3"))], Cancel)));
            Assert.Equal(["there"], (await RowsAsync(table)).Keys);
        }

        Assert.Equal(failures[1].GetType(), failures[0].GetType());
        Assert.Equal((failures[1].Status, failures[1].ErrorCode), (failures[0].Status, failures[0].ErrorCode));
        Assert.Equal((failures[1] as TableTransactionFailedException)?.FailedTransactionActionIndex, (failures[0] as TableTransactionFailedException)?.FailedTransactionActionIndex);
        Assert.Equal(status, failures[0].Status);
        if (status != 400)
            Assert.Equal(2, Assert.IsType<TableTransactionFailedException>(failures[0]).FailedTransactionActionIndex);
    }

    [Fact]
    public async Task A_hundred_rows_are_one_transaction_and_one_request()
    {
        var operations = new StorageOperations();
        var (ours, sdk) = await TablesAsync(operations);
        operations.Reset();
        var rows = Enumerable.Range(0, 100).Select(n => new TableTransactionAction(TableTransactionActionType.Add, AllTypes($"r{n:000}"))).ToList();
        var answer = await ours.SubmitTransactionAsync(rows, Cancel);
        Assert.Equal((1, 100), (operations.Count, answer.Value.Count));
        Assert.Equal(100, answer.Value.Select(a => a.Headers.ETag).Count(etag => etag is not null));
        await sdk.SubmitTransactionAsync(rows, Cancel);
        AssertSame(await RowsAsync(sdk), await RowsAsync(ours));
    }

    [Theory]
    [InlineData(3_500_000)]
    [InlineData(5_000_000)]
    public async Task Around_the_limit_of_four_megabytes_both_do_the_same(int octets)
    {
        var (ours, sdk) = await TablesAsync();
        var outcomes = new List<(int, string?, int)>();
        foreach (var table in new[] { ours, sdk })
        {
            // A column holds 32 K characters, a row a million octets.
            var rows = Enumerable.Range(0, octets / 300_000).Select(n => Row($"r{n}", [.. Enumerable.Range(0, 10).Select(c => ($"C{c}", (object)new string('x', 30_000)))]));
            try
            {
                await table.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), Cancel);
                outcomes.Add((202, null, (await RowsAsync(table)).Count));
            }
            catch (RequestFailedException e)
            {
                outcomes.Add((e.Status, e.ErrorCode, (await RowsAsync(table)).Count));
            }
        }

        Assert.Equal(outcomes[1], outcomes[0]);
    }

    [Fact]
    public async Task What_no_table_holds_is_refused_before_anything_is_sent()
    {
        var operations = new StorageOperations();
        var (ours, _) = await TablesAsync(operations);
        operations.Reset();
        TableTransactionAction[] unknown = [new(TableTransactionActionType.Add, Row("r", ("Clock", TimeSpan.FromSeconds(1))))];
        await Assert.ThrowsAsync<NotSupportedException>(() => ours.SubmitTransactionAsync(unknown, Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ours.SubmitTransactionAsync([], Cancel));
        Assert.Equal(0, operations.Count);
    }

    [Fact]
    public async Task A_request_that_fails_on_its_way_is_sent_again_whole()
    {
        var faults = new Failing();
        var (ours, _) = await TablesAsync(faults);
        faults.Left = 3;
        var answer = await ours.SubmitTransactionAsync([new(TableTransactionActionType.UpsertReplace, AllTypes("r")), new(TableTransactionActionType.UpsertReplace, AllTypes("s"))], Cancel);
        Assert.Equal((0, 2), (faults.Left, answer.Value.Count));
        Assert.Equal(["r", "s"], (await RowsAsync(ours)).Keys.Order());
    }

    [Fact]
    public async Task An_answer_that_gets_lost_leaves_the_next_try_to_find_the_row_there()
    {
        var faults = new Failing { IsAfter = true };
        var (ours, sdk) = await TablesAsync(faults);
        foreach (var table in new[] { ours, sdk })
        {
            faults.Left = 1;
            var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Row("r")), new(TableTransactionActionType.Add, Row("s"))], Cancel));
            Assert.Equal((409, "EntityAlreadyExists", 0), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
            Assert.Equal(0, faults.Left);
            // The row may be there by the try before.
            Assert.False(EntityGroupTable.WasRefusedAtOnce(failure));
        }

        var refused = await Assert.ThrowsAsync<TableTransactionFailedException>(() => ours.SubmitTransactionAsync([new(TableTransactionActionType.Add, Row("r"))], Cancel));
        Assert.True(EntityGroupTable.WasRefusedAtOnce(refused));
    }

    [Fact]
    public async Task Storage_that_stays_away_is_given_up_as_the_SDK_gives_it_up()
    {
        var faults = new Failing();
        var (ours, sdk) = await TablesAsync(faults);
        var failures = new List<(Type, int, int)>();
        foreach (var table in new[] { ours, sdk })
        {
            faults.Left = 100;
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Row("r"))], Cancel));
            failures.Add((failure.GetType(), (failure as RequestFailedException)?.Status ?? 0, faults.Left));
        }

        Assert.Equal(failures[1], failures[0]);
    }

    /// <summary>Two tables of one account, of which the second leaves transactions to the SDK.</summary>
    private async Task<(TableClient Ours, TableClient Sdk)> TablesAsync(params HttpPipelinePolicy[] policies)
    {
        var storage = new StorageAccount(new StorageAccountOptions { ConnectionString = _account, Policies = policies, RetryDelay = TimeSpan.FromMilliseconds(2) });
        var options = new TableClientOptions();
        options.Retry.MaxRetries = 5;
        options.Retry.Delay = TimeSpan.FromMilliseconds(2);
        foreach (var policy in policies)
            options.AddPolicy(policy, HttpPipelinePosition.PerRetry);
        var sdk = new TableClient(_account, "sdk", options);
        await storage.Log.CreateAsync(Cancel);
        await sdk.CreateAsync(Cancel);
        Assert.NotEqual(typeof(TableClient), storage.Log.GetType());
        return (storage.Log, sdk);
    }

    private static async Task<Dictionary<string, TableEntity>> RowsAsync(TableClient table) =>
        await table.QueryAsync<TableEntity>(cancellationToken: Cancel).ToDictionaryAsync(row => row.RowKey, StringComparer.Ordinal, Cancel);

    /// <summary>All but the times of storage's own.</summary>
    private static void AssertSame(Dictionary<string, TableEntity> expected, Dictionary<string, TableEntity> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (key, row) in expected)
        {
            Assert.Equal(Columns(row).Keys.Order(), Columns(actual[key]).Keys.Order());
            Assert.All(Columns(row), column => Assert.Equivalent(column.Value, actual[key][column.Key], strict: true));
            Assert.All(Columns(row), column => Assert.Equal(column.Value?.GetType(), actual[key][column.Key]?.GetType()));
        }

        static Dictionary<string, object?> Columns(TableEntity row) => row.Where(c => c.Key is not ("odata.etag" or "Timestamp")).ToDictionary(c => c.Key, c => (object?)c.Value);
    }

    private static TableEntity AllTypes(string key) => Row(
        key,
        ("Text", OddText), ("Empty", ""), ("Int", int.MinValue), ("Long", long.MinValue), ("Double", 1.5), ("Whole", 2.0), ("Large", 1e300), ("Small", double.Epsilon), ("None", double.NaN), ("True", true), ("False", false),
        ("Time", Time), ("Utc", Time.UtcDateTime), ("Id", Guid.Parse("01234567-89ab-cdef-0123-456789abcdef")), ("Octets", new byte[] { 0, 255, 10, 13 }), ("Data", new BinaryData(new byte[] { 1, 2 })), ("Ünï", 1));

    private static TableEntity Row(string key, params (string Name, object Value)[] columns)
    {
        var row = new TableEntity(OddKey, key);
        foreach (var (name, value) in columns)
            row[name] = value;
        return row;
    }

    private static string[] Names(params string[] names) => names;

    /// <summary>Fails transactions below the retries: before they are made, or after, when their answers get lost.</summary>
    private sealed class Failing : HttpPipelinePolicy
    {
        public int Left { get; set; }

        public bool IsAfter { get; init; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var fails = Left > 0 && message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);
            if (fails)
                Left--;
            if (fails && !IsAfter)
                throw new IOException("Not made.");
            await ProcessNextAsync(message, pipeline);
            if (fails)
                throw new IOException("The answer got lost.");
        }
    }
}
