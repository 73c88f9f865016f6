using System.Globalization;
using System.Text.Json;
using EnhancedMta.Benchmarks.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>Takes all feedback that is pushed, and counts it.</summary>
internal sealed class SoakFeedback : IAsyncDisposable
{
    private readonly int _port = Ports.Free();
    private readonly WebApplication _app;
    private long _events;

    private SoakFeedback()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.ListenLocalhost(_port));
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/feedback");

    public long Events => Interlocked.Read(ref _events);

    public static async Task<SoakFeedback> StartAsync(CancellationToken cancellationToken)
    {
        var feedback = new SoakFeedback();
        await feedback._app.StartAsync(cancellationToken);
        return feedback;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        Interlocked.Add(ref _events, body.RootElement.GetProperty("events").GetArrayLength());
    }
}
