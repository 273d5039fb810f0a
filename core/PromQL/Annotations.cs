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

    public static Annotations None { get; } = new();

    public ReadOnlyCollection<string> Warnings => _warnings.AsReadOnly();

    public ReadOnlyCollection<string> Infos => _infos.AsReadOnly();

    internal void AddWarning(string text) => AddOnce(_warnings, text);

    internal void AddInfo(string text) => AddOnce(_infos, text);

    private static void AddOnce(List<string> texts, string text)
    {
        if (!texts.Contains(text))
        {
            texts.Add(text);
        }
    }
}
