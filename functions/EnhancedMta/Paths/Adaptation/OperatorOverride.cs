namespace EnhancedMta.Paths.Adaptation;

/// <summary>Ceilings that an operator set for a while. They stand above the rule's and above adaptation's; a suspension stands above them.</summary>
/// <param name="Connections">1 or more; null leaves it to the rule and adaptation.</param>
/// <param name="MessagesPerHour">Likewise.</param>
/// <param name="MessagesPerConnection">Likewise.</param>
/// <param name="Until">When the rule and adaptation hold again.</param>
/// <param name="Reason">For people; cut to 200 characters.</param>
public sealed record OperatorOverride(int? Connections, int? MessagesPerHour, int? MessagesPerConnection, DateTimeOffset Until, string? Reason);

/// <summary>Nothing is sent because an operator said so.</summary>
/// <param name="Until">When the path goes on as it stood.</param>
/// <param name="Reason">For people; cut to 200 characters.</param>
public sealed record OperatorSuspension(DateTimeOffset Until, string? Reason);
