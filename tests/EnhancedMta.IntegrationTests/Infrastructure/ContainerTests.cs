using System.Globalization;
using System.Reflection;
using System.Text.Json;
using EnhancedMta.Functions;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.LocalHost.Emulator;
using k8s;
using k8s.Models;
using Microsoft.Azure.Functions.Worker;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>The alternative for Kubernetes: the image's recipe and the manifests.</summary>
public sealed class ContainerTests
{
    private static readonly string Folder = Path.Combine(Bicep.Folder, "container", "kubernetes");

    private static readonly IReadOnlyList<(string Function, QueueTriggerAttribute? Queue)> Functions =
    [
        .. from method in typeof(FunctionServices).Assembly.GetTypes().SelectMany(type => type.GetMethods())
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           select (function.Name, method.GetParameters().Select(p => p.GetCustomAttribute<QueueTriggerAttribute>()).FirstOrDefault(q => q is not null)),
    ];

    [Fact]
    public void Manifests_are_what_Kubernetes_knows()
    {
        var known = Directory.GetFiles(Folder, "*.yaml").Where(file => Path.GetFileName(file) is not ("scaling.yaml" or "kustomization.yaml")).ToList();
        // Strict: an unknown or doubled field is a fault.
        var objects = known.SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true)).ToList();
        var misspelt = File.ReadAllText(Path.Combine(Folder, "relay.yaml")).Replace("containerPort:", "containerPrt:", StringComparison.Ordinal);
        Assert.ThrowsAny<YamlException>(() => KubernetesYaml.LoadAllFromString(misspelt, strict: true));
        Assert.Equal(2, objects.OfType<V1Deployment>().Count());
        Assert.All(objects.OfType<V1Deployment>(), deployment =>
        {
            Assert.Equal(deployment.Spec.Selector.MatchLabels["app"], deployment.Spec.Template.Metadata.Labels["app"]);
            // Without it, Azure's webhook gives the pod no token.
            Assert.Equal("true", deployment.Spec.Template.Metadata.Labels["azure.workload.identity/use"]);
            Assert.Equal(Assert.Single(objects.OfType<V1ServiceAccount>()).Metadata.Name, deployment.Spec.Template.Spec.ServiceAccountName);
            Assert.True(deployment.Spec.Template.Spec.TerminationGracePeriodSeconds >= 60);
        });
        Assert.Equal("enhanced-mta-front", Assert.Single(objects.OfType<V1Service>()).Spec.Selector["app"]);
    }

    [Fact]
    public async Task Kedas_manifests_are_what_Keda_knows()
    {
        await using var node = await NodeProcess.StartAsync("Infrastructure/validate-keda.mjs", Directory.GetFiles(Folder, "*.yaml"));
        var answer = JsonSerializer.Deserialize<JsonElement>(await node.ReadLineAsync());
        if (answer.ValueKind == JsonValueKind.String)
            Assert.Skip(answer.GetString()!);
        Assert.Empty(answer.GetProperty("faults").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal(2, answer.GetProperty("seen").GetInt32());
    }

    [Fact]
    public void Every_function_runs_in_one_of_the_two()
    {
        var queues = Functions.Where(f => f.Queue is not null).Select(f => f.Function).Order().ToList();
        var relay = Environment("relay.yaml").Where(e => e.Name.StartsWith("AzureFunctionsJobHost__functions__", StringComparison.Ordinal)).Select(e => e.Value).Order();
        // Each, and in both lists alike. The host passes over a name that it does not have.
        Assert.Subset(relay.ToHashSet(), queues.ToHashSet());
        var disabled = Environment("front.yaml").Where(e => e.Name.EndsWith(".Disabled", StringComparison.Ordinal) && e.Value == "true").Select(e => e.Name["AzureWebJobs.".Length..^".Disabled".Length]).Order();
        Assert.Equal(relay, disabled);
    }

    [Fact]
    public void Every_queue_wakes_pods()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(Folder, "scaling.yaml"))));
        var scaled = yaml.Documents.Select(d => (YamlMappingNode)d.RootNode).Single(d => EgressVm.Of(d, "kind") == "ScaledObject");
        var triggers = ((YamlSequenceNode)((YamlMappingNode)scaled.Children["spec"]).Children["triggers"]).Cast<YamlMappingNode>().ToList();
        Assert.All(triggers, trigger => Assert.Equal("azure-queue", EgressVm.Of(trigger, "type")));
        var watched = triggers.Select(trigger => EgressVm.Of((YamlMappingNode)trigger.Children["metadata"], "queueName")).Order();
        // Poison is looked at by the pod that is always there.
        Assert.Subset(watched.ToHashSet(), Functions.Select(f => f.Queue?.QueueName).OfType<string>().Where(q => !q.EndsWith("-poison", StringComparison.Ordinal)).ToHashSet());
        var minimum = int.Parse(EgressVm.Of((YamlMappingNode)scaled.Children["spec"], "minReplicaCount"), CultureInfo.InvariantCulture);
        Assert.True(minimum >= 1);
    }

    [Fact]
    public void The_image_is_the_deployed_build_on_the_official_base()
    {
        var lines = File.ReadAllLines(Path.Combine(Bicep.Folder, "container", "Dockerfile"));
        Assert.Equal("FROM mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0", lines.Last(line => line.StartsWith("FROM ", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("dotnet publish functions/EnhancedMta.Functions", StringComparison.Ordinal) && line.Contains("-p:AzureFunctionsWorker=true", StringComparison.Ordinal));
        var ignored = File.ReadAllLines(Path.Combine(RepositoryRoot.Find(), ".dockerignore"));
        Assert.Contains("**/local.settings.json", ignored);
        Assert.DoesNotContain("functions", ignored);
    }

    private static IEnumerable<V1EnvVar> Environment(string file) =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, file)), strict: true).OfType<V1Deployment>().Single().Spec.Template.Spec.Containers.Single().Env;
}
