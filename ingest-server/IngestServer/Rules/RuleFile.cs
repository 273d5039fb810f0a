namespace AmpEdge.IngestServer.Rules;

/// <summary>What a rule file holds, or what is wrong with it.</summary>
/// <param name="Groups">The groups in the order of the file; empty when there are problems.</param>
/// <param name="Problems">In Prometheus's words, with places.</param>
internal sealed record RuleFile(IReadOnlyList<RuleGroupDefinition> Groups, IReadOnlyList<string> Problems);
