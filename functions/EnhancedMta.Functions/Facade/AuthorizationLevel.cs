namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which key an HTTP function asks for. The host checks it, never the worker.</summary>
public enum AuthorizationLevel
{
    Anonymous,
    User,
    Function,
    System,
    Admin,
}
