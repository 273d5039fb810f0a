using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Where our programs lie: built beside this test assembly, in the same configuration.</summary>
public static class Programs
{
    public static string Agent => Find("AmpEdge.Agent", "ampedge-agent");

    public static string Proxy => Find("AmpEdge.Proxy", "ampedge-proxy");

    public static string Server => Find("AmpEdge.IngestServer", "ampedge-server");

    private static string Find(string project, string program)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(Oracle.RepositoryRoot, "artifacts", "bin", project, configuration, program);
    }
}
