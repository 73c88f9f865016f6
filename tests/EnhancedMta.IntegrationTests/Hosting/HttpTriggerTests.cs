using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.Hosting;

public sealed class HttpTriggerTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Part = "api/things/a%20b/parts/41";

    private readonly TestLog _log = new();
    private readonly HttpClient _client = new();
    private readonly SlowProbe _slow = new();
    private FunctionHost? _host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await FunctionHost.StartAsync(
            TestHost.Options(azurite.NewAccount(), [typeof(EchoFunctions), typeof(SlowFunction)], _log, _slow) with { CorsOrigins = ["http://page.test"] }, Cancel);
        _client.BaseAddress = _host.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Route_values_and_the_context_reach_the_function()
    {
        using var answer = await SendAsync(HttpMethod.Get, Part, TestHost.Keys.Function);
        Assert.Equal("GET a b 42 ReadThing", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Methods_of_one_route_reach_their_functions_and_results_keep_their_status()
    {
        using var answer = await SendAsync(HttpMethod.Put, Part, TestHost.Keys.Function, new ByteArrayContent(new byte[200_000]));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("a b 41 200000", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Without_a_route_the_name_is_the_route_and_anonymous_needs_no_key() =>
        Assert.Equal("/api/Open", await _client.GetStringAsync("api/Open", Cancel));

    [Theory]
    [InlineData(Part, null, HttpStatusCode.Unauthorized)]
    [InlineData(Part, "", HttpStatusCode.Unauthorized)]
    [InlineData(Part, "wrong", HttpStatusCode.Unauthorized)]
    [InlineData(Part, "function-keys", HttpStatusCode.Unauthorized)]
    [InlineData(Part, "function-key", HttpStatusCode.OK)]
    [InlineData(Part, "master-key", HttpStatusCode.OK)]
    [InlineData("api/rule", null, HttpStatusCode.Unauthorized)]
    [InlineData("api/rule", "function-key", HttpStatusCode.Unauthorized)]
    [InlineData("api/rule", "master-key", HttpStatusCode.OK)]
    public async Task Each_level_takes_its_keys_only(string path, string? key, HttpStatusCode expected)
    {
        using var byHeader = await SendAsync(HttpMethod.Get, path, key);
        Assert.Equal(expected, byHeader.StatusCode);
        using var byQuery = await _client.GetAsync(key is null ? path : $"{path}?code={key}", Cancel);
        Assert.Equal(expected, byQuery.StatusCode);
    }

    [Fact]
    public async Task A_refusal_says_which_key_to_send_and_where_and_repeats_none()
    {
        using var answer = await SendAsync(HttpMethod.Get, "api/rule", "function-key");
        var problem = await ProblemAsync(answer, 401);
        Assert.Contains("master key", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("x-functions-key", problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("function-key ", problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(TestHost.Keys.Master, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_function_is_a_500_without_internals_and_a_log_entry_without_the_key()
    {
        using var answer = await _client.GetAsync("api/break?code=function-key", Cancel);
        var problem = await ProblemAsync(answer, 500);
        Assert.DoesNotContain("secret inside", JsonSerializer.Serialize(problem), StringComparison.Ordinal);

        var entry = Assert.Single(_log.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains("the secret inside of GET", entry.Text, StringComparison.Ordinal);
        Assert.Contains(problem.Extensions["invocationId"]!.ToString()!, entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, line => line.Text.Contains("function-key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("api/unknown")]
    [InlineData("things/1/parts/2")]
    [InlineData("")]
    [InlineData("api/nothing/not-a-guid")]
    public async Task An_unknown_address_is_a_404_problem(string path)
    {
        using var answer = await _client.GetAsync(path, Cancel);
        Assert.Contains("/api", (await ProblemAsync(answer, 404)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_404_of_the_function_itself_stays_as_it_is()
    {
        using var answer = await _client.GetAsync($"api/nothing/{Guid.Empty}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_wrong_method_is_a_405_problem_that_lists_the_right_ones()
    {
        using var answer = await SendAsync(HttpMethod.Delete, Part, TestHost.Keys.Function);
        var problem = await ProblemAsync(answer, 405);
        Assert.Contains("DELETE", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(["GET", "PUT"], answer.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task A_route_value_of_the_wrong_type_is_a_400_problem_that_names_it()
    {
        using var answer = await SendAsync(HttpMethod.Get, "api/things/a/parts/many", TestHost.Keys.Function);
        Assert.Contains("'number'", (await ProblemAsync(answer, 400)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_above_100_MB_is_a_413_problem()
    {
        using var body = new ByteArrayContent([]);
        body.Headers.ContentLength = 100 * 1024 * 1024 + 1;
        using var request = new HttpRequestMessage(HttpMethod.Put, Part) { Content = body, Headers = { { FunctionKeys.Header, TestHost.Keys.Function }, { "Expect", "100-continue" } } };
        // The host refuses on the announced length: the body is never asked for.
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("The request body is too large.", (await ProblemAsync(answer, 413)).Title);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _client.BaseAddress!.Port, Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT /{Part} HTTP/1.1\r\nHost: localhost\r\n{FunctionKeys.Header}: {TestHost.Keys.Function}\r\nContent-Length: 1000\r\n\r\nthe first few octets"), Cancel);
        // Neither told to go on nor left alone: the host answers, and ends the connection.
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 408 ", await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopping_host_cancels_requests_and_answers_them_with_503()
    {
        var pending = _client.GetAsync("api/slow", Cancel);
        await _slow.Started.Task.WaitAsync(Cancel);
        await _host!.StopAsync();
        using var answer = await pending;
        await ProblemAsync(answer, 503);
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_call_the_api_and_no_other()
    {
        foreach (var (origin, allowed) in new[] { ("http://page.test", true), ("http://evil.test", false) })
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, Part) { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "PUT" } } };
            using var answer = await _client.SendAsync(preflight, Cancel);
            Assert.Equal(allowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? key, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null) request.Headers.TryAddWithoutValidation(FunctionKeys.Header, key);
        return await _client.SendAsync(request, Cancel);
    }

    private static async Task<ProblemDetails> ProblemAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = (await answer.Content.ReadFromJsonAsync<ProblemDetails>(Cancel))!;
        Assert.Equal(status, problem.Status);
        Assert.False(string.IsNullOrEmpty(problem.Title));
        return problem;
    }
}
