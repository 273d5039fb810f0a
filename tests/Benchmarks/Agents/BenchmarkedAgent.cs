using System.Diagnostics;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>One of the programs that are compared, at its own defaults.</summary>
/// <param name="Name">As it is printed.</param>
/// <param name="Program">The executable.</param>
/// <param name="WritesFromConfig">True when the destination stands in the configuration file, false when it is a flag.</param>
/// <param name="Arguments">Makes the arguments from configuration file, folder for data, port of its pages and write URL.</param>
internal sealed record BenchmarkedAgent(
    string Name, string Program, bool WritesFromConfig, Func<string, string, int, string, string[]> Arguments)
{
    private const string PromProtocolFlag = "-remoteWrite.forcePromProto";

    public static BenchmarkedAgent AmpEdge(string program) => new(
        "ampedge", program, WritesFromConfig: true, static (config, data, port, _) =>
        [
            $"--config.file={config}", $"--storage.agent.path={data}", $"--web.listen-address=127.0.0.1:{port}",
        ]);

    public static BenchmarkedAgent Prometheus(string program) => new(
        "prometheus", program, WritesFromConfig: true, static (config, data, port, _) =>
        [
            "--enable-feature=agent", $"--config.file={config}", $"--storage.agent.path={data}",
            $"--web.listen-address=127.0.0.1:{port}",
        ]);

    public static BenchmarkedAgent VmAgent(string program)
    {
        // Later versions speak a protocol of their own first, which the sink does not understand.
        string[] protocol = Help(program).Contains(PromProtocolFlag, StringComparison.Ordinal) ? [PromProtocolFlag] : [];
        return new BenchmarkedAgent("vmagent", program, WritesFromConfig: false, (config, data, port, writeUrl) =>
        [
            $"-promscrape.config={config}", $"-remoteWrite.tmpDataPath={data}", $"-httpListenAddr=127.0.0.1:{port}",
            $"-remoteWrite.url={writeUrl}", .. protocol,
        ]);
    }

    private static string Help(string program)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", "\"$0\" -help 2>&1", program]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string help = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return help;
    }
}
