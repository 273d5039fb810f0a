using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Rules;

/// <summary>What is wrong with a rule, and at which places of its file; none where Prometheus names none.</summary>
internal sealed record RuleProblem(string Text, IReadOnlyList<YamlPosition> Places);
