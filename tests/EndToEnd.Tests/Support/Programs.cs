using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// Where our programs lie: built beside this test assembly, in the same configuration. The agent may be another one, such as
/// the published one, by <c>AMPEDGE_AGENT</c>.
/// </summary>
public static class Programs
{
    public static string Agent { get; } = Environment.GetEnvironmentVariable("AMPEDGE_AGENT") is { Length: > 0 } path
        ? Path.GetFullPath(path, Oracle.RepositoryRoot)
        : Find("AmpEdge.Agent", "ampedge-agent");

    public static string Proxy => Find("AmpEdge.Proxy", "ampedge-proxy");

    public static string Server => Find("AmpEdge.IngestServer", "ampedge-server");

    private static string Find(string project, string program)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(Oracle.RepositoryRoot, "artifacts", "bin", project, configuration, program);
    }
}
