namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>One personalised message of the demo's delivery, and what must become of it.</summary>
/// <param name="Id">Campaign's delivery-log id.</param>
/// <param name="To">The recipient's address.</param>
/// <param name="FirstName">For the greeting.</param>
/// <param name="MessageIdField">The Message-ID by which the sink knows it.</param>
/// <param name="ExpectedReason">Campaign's number of the reason that it must fail for; null when it must be delivered.</param>
internal sealed record DemoMail(string Id, string To, string FirstName, string MessageIdField, int? ExpectedReason);
