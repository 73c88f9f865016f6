using EnhancedMta.Batches;
using EnhancedMta.BounceRules;
using EnhancedMta.Bounces;
using EnhancedMta.Corrections;
using EnhancedMta.Deliveries;
using EnhancedMta.Dkim;
using EnhancedMta.Egresses;
using EnhancedMta.Explain;
using EnhancedMta.Http;
using EnhancedMta.Incidents;
using EnhancedMta.Ingestion;
using EnhancedMta.Kpis;
using EnhancedMta.MessageIds;
using EnhancedMta.Modes;
using EnhancedMta.MxRules;
using EnhancedMta.Outages;
using EnhancedMta.Packs;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Qualification;
using EnhancedMta.Relaying;
using EnhancedMta.Retries;
using EnhancedMta.ReturnPaths;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using EnhancedMta.Sweeping;
using EnhancedMta.TlsPolicies;
using EnhancedMta.TlsReports;
using EnhancedMta.UserRules;
using EnhancedMta.WarmUp;
using EnhancedMta.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Settings;

/// <summary>The pipeline's parts and how they hang together.</summary>
public static class PipelineServices
{
    /// <param name="services">May hold a <see cref="TimeProvider"/> and a <see cref="Random"/> already; those are used then.</param>
    /// <param name="configuration">The app settings.</param>
    /// <exception cref="SettingsException">The settings cannot be used.</exception>
    public static IServiceCollection AddPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = MtaSettings.Read(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton(settings);
        services.AddSingleton(settings.Native);
        services.AddSingleton(settings.Egresses);
        services.AddSingleton(settings.Batches);
        services.AddSingleton(settings.Dns);
        services.AddSingleton(new SmtpPoolOptions());
        services.AddSingleton(settings.Routes);

        services.TryAddSingleton(s => new StorageAccount(settings.Storage with { Policies = [.. settings.Storage.Policies, .. s.GetServices<Azure.Core.Pipeline.HttpPipelinePolicy>()] }));
        services.AddSingleton(s => new LogLedger(s.GetRequiredService<StorageAccount>().Log, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new LogReader(s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton(s => new DeliveryKpis(s.GetRequiredService<StorageAccount>().Log, s.GetRequiredService<LogLedger>()));
        services.AddSingleton(s => new PackStore(s.GetRequiredService<StorageAccount>().Packs));
        services.AddSingleton(s => new WaitingBatches(s.GetRequiredService<StorageAccount>().Schedule));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<BatchClaims>(s, s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<Sweeper>(s, s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<DeliveryStore>(s, s.GetRequiredService<StorageAccount>().Deliveries));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<IdempotencyKeys>(s, s.GetRequiredService<StorageAccount>().Requests));
        services.AddSingleton(s => new PathTable(s.GetRequiredService<StorageAccount>().Paths));
        // What a killed process held, batches and connections alike, is free after the same time.
        services.AddSingleton(s => new ProcessLife(s.GetRequiredService<StorageAccount>().Paths, s.GetRequiredService<TimeProvider>(), settings.Batches.LeaseLifetime));
        services.AddSingleton(s => new PathDirectory(
            s.GetRequiredService<PathTable>(), s.GetRequiredService<ProcessLife>(), s.GetRequiredService<SmtpPool>(), s.GetRequiredService<Func<MxRuleSet>>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<Random>()));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<IncidentLog>(s, s.GetRequiredService<StorageAccount>().Incidents));
        services.AddSingleton(s => new ModeSwitch(s.GetRequiredService<StorageAccount>().State, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new ModeChange(s.GetRequiredService<ModeSwitch>(), s.GetRequiredService<WaitingBatches>(), settings.Native));
        services.AddSingleton<BatchQueue>();
        services.AddSingleton<PartitionGuards>();
        services.AddSingleton<DueRetries>();
        services.AddSingleton<PoisonedWork>();
        services.AddSingleton(s => new PathOperations(s.GetRequiredService<PathTable>(), s.GetRequiredService<Func<MxRuleSet>>(), s.GetRequiredService<TimeProvider>()));

        services.AddSingleton(IngestionLimits.Default);
        services.AddSingleton<RelayRequestReader>();
        services.AddSingleton<RelayIntake>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<MessageIdIndex>(s, s.GetRequiredService<StorageAccount>().MessageIds));

        services.AddSingleton(settings.Dns.CreateClient());
        services.AddSingleton<DnsRecords>();
        services.AddSingleton<OwnAddresses>();
        services.AddSingleton<HostAddresses>();
        services.AddSingleton<SiteDirectory>();
        AddTls(services, settings);
        services.AddSingleton<EgressChoice>();
        services.AddSingleton(s => new EgressHealth(
            s.GetRequiredService<TimeProvider>(),
            (egress, detail, stop) => s.GetRequiredService<IncidentLog>().RaiseAsync("egress", egress.ToString(), detail, stop)));
        services.AddSingleton(settings.WarmUp);
        services.AddSingleton(s => new WarmUpTable(s.GetRequiredService<StorageAccount>().WarmUp));
        services.AddSingleton<WarmUpBudgets>();
        services.AddSingleton<WarmUpOperations>();
        services.AddSingleton<EgressAssignment>();
        services.AddSingleton<SmtpPool>();
        services.AddDkim(settings.Dkim);
        services.AddSingleton(new ReturnPathCodec(settings.ReturnPathKeys, settings.ReturnPathDomain));
        services.AddUserRules(RuleFile.Kind, settings.BounceRulesFile);
        services.AddUserRules(MxRuleFile.Kind, settings.MxRulesFile);
        services.AddSingleton<IQualifier, Qualifier>();
        services.AddSingleton<RetryPlan>();
        services.AddSingleton<MessageRelay>();
        services.AddSingleton<BatchRelay>();
        services.AddSingleton<BounceIntake>();
        services.AddSingleton(s => new WebhookReceiver(settings.Webhooks, WebhookReceiver.CreateHttpClient(s.GetRequiredService<HostAddresses>()), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReportedMessages>();
        services.AddSingleton<BounceChanges>();
        services.AddSingleton<VerdictCorrections>();
        services.AddSingleton<Requalification>();
        services.AddSingleton(Providers.ProviderDirectory.BuiltIn);
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<OutageGuard>(s, s.GetRequiredService<StorageAccount>().Sites));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<OutageReversal>(s, s.GetRequiredService<StorageAccount>().Sites));
        services.AddSingleton<BounceProcessing>();

        services.AddSingleton<DeliveryEndpoints>();
        services.AddSingleton<RelayEndpoint>();
        services.AddSingleton<LogEndpoints>();
        services.AddSingleton<BounceEndpoint>();
        services.AddSingleton<RequalifyEndpoint>();
        services.AddSingleton<BounceRulesEndpoint>();
        services.AddSingleton<PathComplaints>();
        services.AddSingleton<SiteExplainer>();
        services.AddSingleton<DeliveryForecasts>();
        services.AddSingleton<ExplainEndpoints>();
        services.AddSingleton<PathEndpoints>();
        services.AddSingleton<ModeEndpoint>();
        services.AddSingleton<MxRulesEndpoint>();
        services.AddSingleton<WarmUpEndpoint>();
        services.AddSingleton<StateEndpoints>();
        services.AddSingleton<DkimEndpoints>();
        services.AddHostedService<StorageCreation>();
        services.AddHostedService<LiveRulesWatch<BounceRuleSet>>();
        services.AddHostedService<LiveRulesWatch<MxRuleSet>>();
        services.AddHostedService<KeyringWatch>();
        services.AddHostedService<OutageExchange>();
        services.AddHostedService<PathUpkeep>();
        services.AddHostedService<ModeWatch>();
        services.AddHostedService<WarmUpUpkeep>();
        services.AddHostedService(s => s.GetRequiredService<TallyKeeping>());
        return services;
    }

    private static void AddTls(IServiceCollection services, MtaSettings settings)
    {
        services.TryAddSingleton(new TlsPolicyOptions());
        services.AddSingleton(settings.TlsReports);
        services.AddSingleton<StsFetch>();
        services.AddSingleton(s => new StsStore(s.GetRequiredService<StorageAccount>().TlsPolicies));
        services.AddSingleton<StsPolicies>();
        services.AddSingleton<DanePolicies>();
        services.AddSingleton<ReportTargets>();
        services.AddSingleton<TlsTally>();
        services.AddSingleton(s => new TallyTable(s.GetRequiredService<StorageAccount>().TlsReports));
        services.AddSingleton<TallyKeeping>();
        services.AddSingleton<PolicyFailures>();
        services.AddSingleton(s => new TlsPolicyDirectory(
            s.GetRequiredService<StsPolicies>(), s.GetRequiredService<DanePolicies>(), s.GetRequiredService<ReportTargets>(), s.GetRequiredService<PolicyFailures>(), s.GetRequiredService<TlsTally>()));
        services.AddSingleton<ReportMail>();
        services.AddSingleton<ReportPost>();
        services.AddSingleton(s => new ReportSending(
            s.GetRequiredService<TallyTable>(), s.GetRequiredService<ReportTargets>(), s.GetRequiredService<ReportMail>(), s.GetRequiredService<ReportPost>(),
            settings.TlsReports, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ReportSending>>()));
    }

    /// <summary>Tables, queues and containers exist before the first trigger runs.</summary>
    private sealed class StorageCreation(StorageAccount storage) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => storage.EnsureCreatedAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
