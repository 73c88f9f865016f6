namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function on an NCRONTAB schedule of six fields, in UTC; <c>%Setting%</c> reads it from an app setting.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; } = schedule;

    public bool RunOnStartup { get; set; }

    /// <summary>Whether a run missed while no host was up is made up for at start.</summary>
    public bool UseMonitor { get; set; } = true;
}
