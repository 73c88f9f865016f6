using System.Text.Json.Serialization;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.TlsReports;

/// <summary>What sessions are counted by. Of those that met their policy only the policy tells; failures are told apart by host and reason.</summary>
/// <param name="Type">Of the policy: <c>tlsa</c>, <c>sts</c>, <c>no-policy-found</c> (RFC 8460 §4.4).</param>
/// <param name="Text">The policy, its lines joined by LF.</param>
/// <param name="Mx">MX patterns of the policy, joined by LF.</param>
/// <param name="Fault">Null for sessions that met the policy.</param>
/// <param name="MxHost">Of a failure.</param>
/// <param name="ReceivingIp">Of a failure.</param>
/// <param name="SendingIp">Of a failure, when it is known here.</param>
/// <param name="Detail">Of a failure, for people.</param>
internal readonly record struct TlsCount(string Type, string Text, string Mx, TlsFault? Fault, string? MxHost, string? ReceivingIp, string? SendingIp, string? Detail);

/// <summary>So many sessions of one kind.</summary>
internal sealed record CountedSessions(TlsCount Count, long Sessions);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<CountedSessions>))]
internal sealed partial class TlsCountJson : JsonSerializerContext;
