using System.Collections.ObjectModel;

namespace AmpEdge.PromQL;

/// <summary>
/// Warnings and infos about a result that exists all the same. Texts are those of Prometheus's API, position included:
/// <c>PromQL info: … (1:7)</c>. Each text is kept once, in the order of its first appearance.
/// </summary>
public sealed class Annotations
{
    private readonly List<string> _warnings = [];
    private readonly List<string> _infos = [];

    /// <summary>What the lists hold, since a query over many series can have a text for each of them.</summary>
    private readonly HashSet<string> _knownWarnings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _knownInfos = new(StringComparer.Ordinal);

    public static Annotations None { get; } = new();

    public ReadOnlyCollection<string> Warnings => _warnings.AsReadOnly();

    public ReadOnlyCollection<string> Infos => _infos.AsReadOnly();

    internal void AddWarning(string text) => AddOnce(_warnings, _knownWarnings, text);

    internal void AddInfo(string text) => AddOnce(_infos, _knownInfos, text);

    private static void AddOnce(List<string> texts, HashSet<string> known, string text)
    {
        if (known.Add(text))
        {
            texts.Add(text);
        }
    }
}
