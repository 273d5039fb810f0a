using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.SigV4;

namespace AmpEdge.Agent.Config;

/// <summary>What <c>--config.check</c> prints: what the file amounts to, or everything that is wrong with it.</summary>
internal static class ConfigCheck
{
    /// <summary>Returns the exit code: 0 for a file that the agent would start with, else 2.</summary>
    public static int Report(string file, ConfigResult<AgentConfig> result, TextWriter output, TextWriter error)
    {
        if (!result.IsValid)
        {
            return Refuse(file, result.Problems, error);
        }

        output.WriteLine($"{file}: OK");
        foreach (ScrapeConfig scrape in result.Config.ScrapeConfigs)
        {
            output.WriteLine($"  job {scrape.JobName}: {DescribeTargets(scrape)}, every {PrometheusDuration.Format(scrape.ScrapeInterval)}");
        }

        foreach (RemoteWriteConfig write in result.Config.RemoteWrites)
        {
            output.WriteLine($"  remote_write {ConfigUrl.Shown(write.Url.ToString())}: {DescribeAuthentication(write)}");
        }

        if (result.Config.RemoteWrites.Count == 0)
        {
            output.WriteLine("  no remote_write: samples are kept in the buffer and delivered nowhere");
        }

        foreach (string missing in Missing(result.Config))
        {
            output.WriteLine($"  note: {missing} is not there now; what needs it fails until it is");
        }

        return ExitCode.Success;
    }

    /// <summary>Prints everything that is wrong with a file; returns the exit code.</summary>
    public static int Refuse(string file, IReadOnlyList<ConfigProblem> problems, TextWriter error)
    {
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {Count(problems.Count, "problem")}"));
        foreach (ConfigProblem problem in problems)
        {
            error.WriteLine($"  {problem}");
        }

        return ExitCode.Usage;
    }

    private static List<string> Missing(AgentConfig config)
    {
        List<string> missing = [];
        foreach (string file in ConfigFiles.Of(config))
        {
            if (!File.Exists(file) && !missing.Contains(file))
            {
                missing.Add(file);
            }
        }

        return missing;
    }

    private static string DescribeTargets(ScrapeConfig scrape)
    {
        DiscoveryConfigs discovery = scrape.Discovery;
        int targets = 0;
        foreach (StaticConfig group in discovery.Static)
        {
            targets += group.Targets.Count;
        }

        int files = 0;
        foreach (FileDiscoveryConfig file in discovery.File)
        {
            files += file.Files.Count;
        }

        int names = 0;
        foreach (DnsDiscoveryConfig dns in discovery.Dns)
        {
            names += dns.Names.Count;
        }

        List<string> parts = [];
        AddUnlessNone(parts, targets, "static target");
        AddUnlessNone(parts, files, "target file");
        AddUnlessNone(parts, discovery.Http.Count, "target URL");
        AddUnlessNone(parts, names, "DNS name");
        AddUnlessNone(parts, discovery.Kubernetes.Count, "Kubernetes role");
        AddUnlessNone(parts, discovery.Ec2.Count + discovery.Ecs.Count + discovery.Aws.Count, "look at AWS", "looks at AWS");
        return parts.Count == 0 ? "no targets" : string.Join(", ", parts);
    }

    private static void AddUnlessNone(List<string> parts, int count, string noun, string? nouns = null)
    {
        if (count > 0)
        {
            parts.Add(nouns is not null && count > 1 ? $"{count} {nouns}" : Count(count, noun));
        }
    }

    private static string DescribeAuthentication(RemoteWriteConfig write)
    {
        HttpClientConfig client = write.HttpClient;
        return write.SigV4 is { } sigV4
            ? $"signed with SigV4{(sigV4.Region.Length > 0 ? $" for {sigV4.Region}" : "")}"
            : client.BasicAuth is not null ? "basic authentication"
            : client.Authorization is { } authorization ? $"{authorization.Type} authorization"
            : client.OAuth2 is not null ? "OAuth 2.0"
            : AwsHost.TryParse(write.Url.Host, out _) ? "no authentication, which AWS refuses: add sigv4: {}"
            : "no authentication";
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
