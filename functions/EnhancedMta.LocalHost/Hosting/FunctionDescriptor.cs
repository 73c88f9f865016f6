using System.Reflection;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>A function as its attributes describe it.</summary>
public sealed class FunctionDescriptor
{
    private readonly IReadOnlyList<ArgumentBinder> _arguments;

    /// <exception cref="InvalidOperationException">The method is not one that the Functions host could run; the message says why.</exception>
    internal FunctionDescriptor(MethodInfo method, string name)
    {
        Method = method;
        Name = name;
        OpenTo = method.GetCustomAttribute<OpenToAttribute>()?.Role;
        var triggers = method.GetParameters().SelectMany(p => p.GetCustomAttributes().Where(IsTrigger)).ToList();
        if (triggers.Count != 1) throw Invalid($"has {triggers.Count} trigger parameters, not one");
        Trigger = triggers[0];
        var returned = method.ReturnType;
        if (Trigger is HttpTriggerAttribute ? returned != typeof(Task<IResult>) : returned != typeof(Task))
            throw Invalid($"must return {(Trigger is HttpTriggerAttribute ? "Task<IResult>" : "Task")}");
        _arguments = [.. method.GetParameters().Select(p => ArgumentBinding.For(p, this))];
    }

    public string Name { get; }

    /// <summary>The HttpTrigger, QueueTrigger or TimerTrigger attribute.</summary>
    public Attribute Trigger { get; }

    /// <summary>Whose keys open it, where the app decides; null where only the trigger's level counts.</summary>
    public Role? OpenTo { get; }

    internal MethodInfo Method { get; }

    /// <summary>The public functions of an assembly, by name.</summary>
    public static IReadOnlyList<FunctionDescriptor> In(Assembly assembly) => Of(assembly.GetExportedTypes());

    /// <summary>The functions of some classes, by name.</summary>
    /// <exception cref="InvalidOperationException">Two have one name.</exception>
    public static IReadOnlyList<FunctionDescriptor> Of(params IEnumerable<Type> classes)
    {
        var functions = new SortedDictionary<string, FunctionDescriptor>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in classes.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } attribute) continue;
            if (!functions.TryAdd(attribute.Name, new(method, attribute.Name)))
                throw new InvalidOperationException($"Two functions are named '{attribute.Name}'.");
        }
        return [.. functions.Values];
    }

    internal object?[] Bind(Invocation invocation) => [.. _arguments.Select(bind => bind(invocation))];

    internal InvalidOperationException Invalid(string why) => new($"Function '{Name}' ({Method.DeclaringType?.Name}.{Method.Name}) {why}.");

    private static bool IsTrigger(Attribute attribute) => attribute is HttpTriggerAttribute or QueueTriggerAttribute or TimerTriggerAttribute;
}
