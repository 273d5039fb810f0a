using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>The engine that evaluates over members' results what no member can evaluate alone; one for all virtual workspaces.</summary>
internal sealed class FanOutEngine(TimeProvider time) : IDisposable
{
    /// <summary>
    /// All of the language, as members decide what they take; the step of a subquery that names none is Prometheus's.
    /// </summary>
    public static EngineOptions Options { get; } = new() { Parser = ParserOptions.Everything };

    public Engine Engine { get; } = new(Options, time);

    public void Dispose() => Engine.Dispose();
}
