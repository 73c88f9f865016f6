using System.Globalization;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>main.cf and master.cf for a Postfix that does nothing but relay, tuned for throughput.</summary>
/// <param name="Folder">Of the two files.</param>
/// <param name="QueueFolder">queue_directory.</param>
/// <param name="Log">maillog_file.</param>
/// <param name="Port">It accepts mail there.</param>
internal sealed record PostfixConfiguration(string Folder, string QueueFolder, string Log, int Port)
{
    private const int LogLines = 15;

    public static PostfixConfiguration Write(WorkFolder folder, int port, int milterPort, int sinkPort)
    {
        string Make(string name) => Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;
        var configuration = new PostfixConfiguration(Make("postfix"), Make("queue"), Path.Combine(folder.Path, "mail.log"), port);
        File.WriteAllText(Path.Combine(configuration.Folder, "main.cf"), MainFile(configuration, folder.CreateOpen("data"), folder.Path, milterPort, sinkPort));
        File.WriteAllText(Path.Combine(configuration.Folder, "master.cf"), MasterFile(port));
        return configuration;
    }

    public string LogEnd() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(LogLines)) : "";

    // Connections to the next host are kept and many; nothing is held back by Postfix's own limits on clients and input.
    private static string MainFile(PostfixConfiguration configuration, string data, string root, int milterPort, int sinkPort) => $"""
        compatibility_level = 3.6
        queue_directory = {configuration.QueueFolder}
        data_directory = {data}
        maillog_file = {configuration.Log}
        maillog_file_prefixes = {root}
        myhostname = mta.peer.test
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        mydestination =
        alias_maps =
        relayhost = [127.0.0.1]:{sinkPort}
        smtpd_milters = inet:127.0.0.1:{milterPort}
        milter_default_action = tempfail
        default_process_limit = 200
        default_destination_concurrency_limit = 50
        initial_destination_concurrency = 50
        smtp_connection_cache_destinations = [127.0.0.1]:{sinkPort}
        smtp_connection_reuse_count_limit = 1000
        smtpd_client_connection_count_limit = 0
        smtpd_client_connection_rate_limit = 0
        in_flow_delay = 0

        """;

    // service type private unprivileged chroot wakeup maxproc command
    private static string MasterFile(int port) => string.Create(CultureInfo.InvariantCulture, $"""
        127.0.0.1:{port} inet n - n - - smtpd
        pickup    unix  n - n 60  1 pickup
        cleanup   unix  n - n -   0 cleanup
        qmgr      unix  n - n 300 1 qmgr
        rewrite   unix  - - n -   - trivial-rewrite
        bounce    unix  - - n -   0 bounce
        defer     unix  - - n -   0 bounce
        trace     unix  - - n -   0 bounce
        flush     unix  n - n 1000? 0 flush
        proxymap  unix  - - n -   - proxymap
        smtp      unix  - - n -   - smtp
        error     unix  - - n -   - error
        retry     unix  - - n -   - error
        anvil     unix  - - n -   1 anvil
        scache    unix  - - n -   1 scache
        postlog   unix-dgram n - n - 1 postlogd

        """);
}
