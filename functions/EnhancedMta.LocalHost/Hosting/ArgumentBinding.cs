using System.ComponentModel;
using System.Reflection;
using Azure.Storage.Queues.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Gives the value of one parameter of a function.</summary>
internal delegate object? ArgumentBinder(Invocation invocation);

/// <summary>Decides once, at start, where each parameter's value comes from.</summary>
internal static class ArgumentBinding
{
    /// <exception cref="InvalidOperationException">Nothing gives this parameter a value.</exception>
    public static ArgumentBinder For(ParameterInfo parameter, FunctionDescriptor function)
    {
        var type = parameter.ParameterType;
        if (type == typeof(CancellationToken)) return static invocation => invocation.CancellationToken;
        if (type == typeof(FunctionContext)) return static invocation => invocation;
        if (parameter.GetCustomAttributes().Contains(function.Trigger)) return ForTrigger(type, function);
        if (function.Trigger is HttpTriggerAttribute http && RoutePatternFactory.Parse(http.Route ?? function.Name).GetParameter(parameter.Name!) is not null)
            return ForRouteValue(parameter.Name!, type, function);
        throw function.Invalid($"has a parameter '{parameter.Name}' that is neither in its route nor a CancellationToken or FunctionContext");
    }

    private static ArgumentBinder ForTrigger(Type type, FunctionDescriptor function) => (function.Trigger, type) switch
    {
        (HttpTriggerAttribute, _) when type == typeof(HttpRequest) => static invocation => invocation.Trigger,
        (TimerTriggerAttribute, _) when type == typeof(TimerInfo) => static invocation => invocation.Trigger,
        (QueueTriggerAttribute, _) when type == typeof(QueueMessage) => static invocation => invocation.Trigger,
        (QueueTriggerAttribute, _) when type == typeof(BinaryData) => static invocation => ((QueueMessage)invocation.Trigger).Body,
        (QueueTriggerAttribute, _) when type == typeof(string) => static invocation => ((QueueMessage)invocation.Trigger).Body.ToString(),
        _ => throw function.Invalid($"cannot take its trigger as {type.Name}; take HttpRequest, QueueMessage, BinaryData, string or TimerInfo"),
    };

    private static ArgumentBinder ForRouteValue(string name, Type type, FunctionDescriptor function)
    {
        if (type == typeof(string)) return invocation => RouteValue(invocation, name);
        var converter = TypeDescriptor.GetConverter(type);
        if (!converter.CanConvertFrom(typeof(string))) throw function.Invalid($"has a route value '{name}' of type {type.Name}, which text cannot become");
        return invocation =>
        {
            var text = RouteValue(invocation, name);
            if (text is null) return null;
            try
            {
                return converter.ConvertFromInvariantString(text);
            }
            catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
            {
                throw new BadHttpRequestException($"'{name}' in the address is '{text}', which is not a valid {type.Name}.", e);
            }
        };
    }

    private static string? RouteValue(Invocation invocation, string name) => ((HttpRequest)invocation.Trigger).RouteValues[name]?.ToString();
}
