using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Debian's promtool.</summary>
public static class Promtool
{
    /// <summary>What it prints; fails the test when it fails.</summary>
    public static Task<string> RunAsync(params string[] arguments) => Command.SucceedAsync(Oracle.Program("promtool"), arguments);
}
