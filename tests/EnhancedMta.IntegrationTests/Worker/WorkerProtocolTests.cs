using System.Reflection;
using EnhancedMta.IntegrationTests.Worker.Rpc;
using Google.Protobuf.Reflection;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>The test's host speaks the worker's own protocol.</summary>
public sealed class WorkerProtocolTests
{
    [Fact]
    public async Task Each_field_is_in_the_descriptor_that_the_worker_carries()
    {
        var assemblies = await WorkerAssemblies.LoadAsync();
        var reflection = assemblies.Worker.Select(a => a.GetType("Microsoft.Azure.Functions.Worker.Grpc.Messages.FunctionRpcReflection")).OfType<Type>().Single();
        var descriptor = reflection.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        // Of the worker's own copy of the library: only octets pass between the two.
        var data = descriptor.GetType().GetProperty("SerializedData")!.GetValue(descriptor)!;
        var octets = (byte[])data.GetType().GetMethod("ToByteArray")!.Invoke(data, null)!;
        var real = FileDescriptorProto.Parser.ParseFrom(octets);
        Assert.Equal(real.Package, FunctionRpcReflection.Descriptor.Package);
        Assert.Empty(Lines(FunctionRpcReflection.Descriptor.ToProto()).Except(Lines(real), StringComparer.Ordinal));
    }

    private static IEnumerable<string> Lines(FileDescriptorProto file) =>
        file.MessageType.SelectMany(m => Lines(m, m.Name)).Concat(file.Service.SelectMany(s => s.Method.Select(m => $"{s.Name}.{m.Name} {m.InputType} {m.OutputType} {m.ClientStreaming} {m.ServerStreaming}")));

    private static IEnumerable<string> Lines(DescriptorProto message, string path) =>
        message.Field.Select(f => $"{path}.{f.Name} = {f.Number} {f.Type} {f.TypeName} {f.Label}")
            .Concat(message.EnumType.SelectMany(e => e.Value.Select(v => $"{path}.{e.Name}.{v.Name} = {v.Number}")))
            .Concat(message.NestedType.SelectMany(n => Lines(n, $"{path}.{n.Name}")));
}
