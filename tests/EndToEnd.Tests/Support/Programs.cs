using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// Where our programs lie: built beside this test assembly, in the same configuration. Agent and proxy may be others, such as
/// the published ones, by <c>AMPEDGE_AGENT</c> and <c>AMPEDGE_PROXY</c>.
/// </summary>
public static class Programs
{
    public static string Agent { get; } = Named("AMPEDGE_AGENT") ?? Find("AmpEdge.Agent", "ampedge-agent");

    public static string Proxy { get; } = Named("AMPEDGE_PROXY") ?? Find("AmpEdge.Proxy", "ampedge-proxy");

    public static string Server => Find("AmpEdge.IngestServer", "ampedge-server");

    private static string? Named(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? Path.GetFullPath(path, Oracle.RepositoryRoot) : null;

    private static string Find(string project, string program)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(Oracle.RepositoryRoot, "artifacts", "bin", project, configuration, program);
    }
}
