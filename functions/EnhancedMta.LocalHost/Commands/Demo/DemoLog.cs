using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Keeps the host's warnings until the display is done with the screen.</summary>
internal sealed class DemoLog : ILoggerProvider, ILogger
{
    private const int Most = 50;

    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel) && _lines.Count < Most) _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());
    }

    public void Dispose()
    {
    }
}
