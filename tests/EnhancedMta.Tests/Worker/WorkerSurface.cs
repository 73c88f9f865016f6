using System.Globalization;
using System.Reflection;

namespace EnhancedMta.Tests.Worker;

/// <summary>Writes down what code that is compiled against a type sees of it: one line for each thing that could differ.</summary>
internal static class WorkerSurface
{
    private const BindingFlags Visible = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The types of the facade, by full name.</summary>
    public static IReadOnlyList<Type> Facade { get; } =
        [.. typeof(Microsoft.Azure.Functions.Worker.FunctionAttribute).Assembly.GetExportedTypes().Where(t => t.Namespace == "Microsoft.Azure.Functions.Worker").OrderBy(t => t.FullName, StringComparer.Ordinal)];

    public static IReadOnlyList<string> Describe(Type type)
    {
        var lines = new List<string> { Kind(type) };
        if (type.IsEnum)
        {
            lines.AddRange(Enum.GetNames(type).Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}")));
            return Of(type, lines);
        }

        if (type.GetCustomAttribute<AttributeUsageAttribute>(inherit: true) is { } usage && typeof(Attribute).IsAssignableFrom(type))
            lines.Add($"on {usage.ValidOn}, allow multiple {usage.AllowMultiple}");
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.GetProperties(Visible))
        {
            var accessors = string.Concat(property.GetMethod is { IsPublic: true } ? " get;" : "", property.SetMethod is { IsPublic: true } ? " set;" : "");
            var nullable = nullability.Create(property).ReadState == NullabilityState.Nullable && !property.PropertyType.IsValueType ? "?" : "";
            lines.Add($"{property.Name}: {Shape(property.GetMethod!)}{Name(property.PropertyType)}{nullable} {{{accessors} }}");
        }

        foreach (var constructor in type.GetConstructors())
        {
            var parameters = constructor.GetParameters();
            var signature = $"new({string.Join(", ", parameters.Select(Parameter))})";
            lines.Add(signature);
            var instance = constructor.Invoke([.. parameters.Select(Sample)]);
            lines.AddRange(type.GetProperties(Visible).Select(p => $"{signature}.{p.Name} is {Value(p.GetValue(instance))}"));
        }

        return Of(type, lines);
    }

    private static IReadOnlyList<string> Of(Type type, List<string> lines) => [.. lines.Select(line => $"{type.FullName}\t{line}")];

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Shape(MethodInfo getter) => getter switch
    {
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static string Parameter(ParameterInfo parameter) =>
        $"{(parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(parameter.ParameterType)} {parameter.Name}";

    private static string Name(Type type) =>
        type.IsGenericType ? $"{type.Namespace}.{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GenericTypeArguments.Select(Name))}>" : type.FullName!;

    private static object? Sample(ParameterInfo parameter) => parameter.ParameterType switch
    {
        { IsEnum: true } type => Enum.ToObject(type, 2),
        var type when type == typeof(string) => "sample",
        var type when type == typeof(string[]) => new[] { "get", "post" },
        var type => throw new NotSupportedException($"No sample of {type}."),
    };

    private static string Value(object? value) => value switch
    {
        null => "null",
        string[] texts => $"[{string.Join(", ", texts)}]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
