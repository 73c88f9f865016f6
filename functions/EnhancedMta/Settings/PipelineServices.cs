using EnhancedMta.Batches;
using EnhancedMta.BounceRules;
using EnhancedMta.Bounces;
using EnhancedMta.Copies;
using EnhancedMta.Corrections;
using EnhancedMta.Deliveries;
using EnhancedMta.Dkim;
using EnhancedMta.Egresses;
using EnhancedMta.Erasures;
using EnhancedMta.Explain;
using EnhancedMta.Feedback;
using EnhancedMta.Feedback.Push;
using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using EnhancedMta.Incidents;
using EnhancedMta.Ingestion;
using EnhancedMta.Ingestion.Admission;
using EnhancedMta.Kpis;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.MessageIds;
using EnhancedMta.Modes;
using EnhancedMta.MxRules;
using EnhancedMta.Outages;
using EnhancedMta.Packs;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Qualification;
using EnhancedMta.Relaying;
using EnhancedMta.Retention;
using EnhancedMta.Retries;
using EnhancedMta.ReturnPaths;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using EnhancedMta.Sweeping;
using EnhancedMta.Telemetry;
using EnhancedMta.TlsPolicies;
using EnhancedMta.TlsReports;
using EnhancedMta.Traffic;
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
        services.AddSingleton(CopyOptions.Of(settings.BccAddress, settings.ReturnPathDomain));
        services.AddSingleton(settings.Dns);
        services.AddSingleton(new SmtpPoolOptions());
        services.AddSingleton(settings.Routes);

        services.TryAddSingleton(s => new StorageAccount(settings.Storage with { Policies = [.. settings.Storage.Policies, .. s.GetServices<Azure.Core.Pipeline.HttpPipelinePolicy>()] }));
        services.AddSingleton(s => new LogLedger(s.GetRequiredService<StorageAccount>().Log, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<TrafficBook>(), s.GetRequiredService<FeedMarks>()));
        services.AddSingleton(s => new LogReader(s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<LogSearch>(s, s.GetRequiredService<StorageAccount>().Log));
        AddKpis(services);
        services.AddSingleton(s => new PackStore(s.GetRequiredService<StorageAccount>().Packs));
        services.AddSingleton(s => new WaitingBatches(s.GetRequiredService<StorageAccount>().Schedule));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<BatchClaims>(s, s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<Sweeper>(s, s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<DeliveryStore>(s, s.GetRequiredService<StorageAccount>().Deliveries));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<DeliverySearch>(s, s.GetRequiredService<StorageAccount>().Deliveries));
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
        services.AddSingleton(s => new PathOperations(s.GetRequiredService<PathTable>(), s.GetRequiredService<ProcessLife>(), s.GetRequiredService<Func<MxRuleSet>>(), s.GetRequiredService<TimeProvider>()));

        services.AddSingleton(IngestionLimits.Default);
        services.AddSingleton<RelayRequestReader>();
        services.AddSingleton<RelayIntake>();
        services.AddSingleton(settings.Admission);
        services.AddSingleton<RelayAdmission>();
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
        services.AddSingleton<CopyBounces>();
        services.AddSingleton<VerdictCorrections>();
        services.AddSingleton<Requalification>();
        services.AddSingleton(Providers.ProviderDirectory.BuiltIn);
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<OutageGuard>(s, s.GetRequiredService<StorageAccount>().Sites));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<OutageReversal>(s, s.GetRequiredService<StorageAccount>().Sites));
        services.AddSingleton<BounceProcessing>();

        AddFeedback(services, settings);

        services.AddSingleton(settings.HttpKeys);
        services.AddSingleton(settings.Rates);
        services.AddSingleton<KeyRates>();
        services.AddSingleton<HttpAccess>();
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
        services.AddSingleton<ErasureEndpoints>();
        services.AddSingleton<DkimEndpoints>();
        services.AddSingleton(settings.Retention);
        services.AddSingleton<RetentionRun>();
        services.AddSingleton(s => new ErasureTable(s.GetRequiredService<StorageAccount>().Erasures, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LogErasing>();
        services.AddSingleton<LooseErasing>();
        services.AddSingleton(s => new ErasureRun(
            s.GetRequiredService<ErasureTable>(), s.GetRequiredService<DeliveryStore>(), s.GetRequiredService<LogErasing>(), s.GetRequiredService<LooseErasing>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ErasureRun>>()));
        services.AddSingleton<InstanceGauges>();
        services.AddSingleton(s => new InstanceMeasuring(
            s.GetRequiredService<StorageAccount>(), s.GetRequiredService<PathTable>(), s.GetRequiredService<IncidentLog>(), s.GetRequiredService<EndpointReports>(), s.GetRequiredService<InstanceGauges>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => Dashboard.DashboardAssets.Load());
        services.AddSingleton<DashboardEndpoints>();
        services.AddHostedService<StorageCreation>();
        services.AddHostedService<ProcessGauges>();
        services.AddHostedService(s => s.GetRequiredService<InstanceGauges>());
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

    private static void AddKpis(IServiceCollection services)
    {
        services.AddSingleton(s => new DeliveryKpis(s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton(s => new DomainRollUps(s.GetRequiredService<StorageAccount>().Kpis, s.GetRequiredService<StorageAccount>().Log, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeliverySummaries>();
        services.AddSingleton<TrafficBook>();
        services.AddSingleton(s => new TrafficTable(s.GetRequiredService<StorageAccount>().Traffic, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TrafficKeeping>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<TrafficRecovery>(s, s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton<TrafficReader>();
        services.AddSingleton<KpiUpkeep>();
        services.AddSingleton<ThroughputEndpoints>();
        services.AddHostedService(s => s.GetRequiredService<TrafficKeeping>());
    }

    private static void AddFeedback(IServiceCollection services, MtaSettings settings)
    {
        services.AddSingleton(settings.Feedback);
        services.TryAddSingleton(new PushOptions());
        services.TryAddSingleton(new FeedOptions());
        services.AddSingleton<FeedQueue>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<FeedMarks>(s, s.GetRequiredService<StorageAccount>().Feed));
        services.AddSingleton(s => new FeedReader(s.GetRequiredService<StorageAccount>().Feed, s.GetRequiredService<StorageAccount>().Log));
        services.AddSingleton<FeedbackRoutes>();
        services.AddSingleton(s => new FeedCollector(
            s.GetRequiredService<StorageAccount>().Feed, s.GetRequiredService<StorageAccount>().Log, s.GetRequiredService<FeedbackRoutes>(), s.GetRequiredService<FeedOptions>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new PushTable(s.GetRequiredService<StorageAccount>().Feed));
        services.AddSingleton<PushSchedule>();
        services.AddSingleton<FeedChain>();
        services.AddSingleton<PushHttp>();
        services.AddSingleton<DeliveryPusher>();
        services.AddSingleton<EndpointPush>();
        services.AddSingleton<EndpointReports>();
        services.AddSingleton(s => new FeedRetention(s.GetRequiredService<StorageAccount>().Feed, s.GetRequiredService<FeedReader>()));
        services.AddSingleton<FeedbackEndpoints>();
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

    /// <summary>Tables, queues and containers exist before the first trigger runs: before any service starts, as the isolated worker's own is among the first.</summary>
    private sealed class StorageCreation(StorageAccount storage) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => storage.EnsureCreatedAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
