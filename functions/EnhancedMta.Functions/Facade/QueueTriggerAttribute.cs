namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function on each message of a queue. <c>%Setting%</c> in the name reads an app setting.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class QueueTriggerAttribute(string queueName) : Attribute
{
    public string QueueName { get; } = queueName;

    /// <summary>Name of the app setting with the storage connection; AzureWebJobsStorage when null.</summary>
    public string? Connection { get; set; }
}
