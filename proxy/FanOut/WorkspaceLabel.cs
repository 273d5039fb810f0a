using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.FanOut;

/// <summary>
/// The label that tells of which member a series is. A label of that name which a member's series have themselves
/// shows as <c>exported_…</c>, as a scrape without <c>honor_labels</c> does it, and is written so in queries; one that is
/// called <c>exported_…</c> already gets one more <c>exported_</c>, so that no two names ever fall together.
/// </summary>
internal sealed class WorkspaceLabel(string name)
{
    private readonly byte[] _utf8Name = Encoding.UTF8.GetBytes(name);
    private readonly byte[] _exported = Encoding.UTF8.GetBytes(LabelNames.ExportedPrefix);

    public string Name { get; } = name;

    public ReadOnlySpan<byte> Utf8Name => _utf8Name;

    /// <summary>Whether a name is the label's or one of those that give way to it.</summary>
    public bool IsReserved(string name) =>
        name.EndsWith(Name, StringComparison.Ordinal) && IsReserved(Encoding.UTF8.GetBytes(name));

    /// <summary>What a label of a query is called at the members. Not for the label itself, which they do not have.</summary>
    public string AtMember(string name) =>
        name != Name && IsReserved(name) ? name[LabelNames.ExportedPrefix.Length..] : name;

    /// <summary>What a label of a member's series is called in answers.</summary>
    public string InAnswer(string name) => IsReserved(name) ? LabelNames.ExportedPrefix + name : name;

    /// <summary>The labels of a member's series as the virtual workspace has them.</summary>
    public Labels InAnswer(LabelsBuilder labels, ReadOnlySpan<byte> memberName)
    {
        // Renamed from the longest name on, as each takes the place that the next longer one leaves.
        for (int depth = DeepestOf(labels); depth >= 0; depth--)
        {
            byte[] from = NameAt(depth);
            if (labels.TryGet(from, out ReadOnlySpan<byte> value))
            {
                labels.Set(NameAt(depth + 1), value);
                labels.Remove(from);
            }
        }

        labels.Set(_utf8Name, memberName);
        return labels.Build();
    }

    private int DeepestOf(LabelsBuilder labels)
    {
        int deepest = -1;
        for (int index = 0; index < labels.Count; index++)
        {
            ReadOnlySpan<byte> name = labels[index].Name;
            if (IsReserved(name))
            {
                deepest = Math.Max(deepest, (name.Length - _utf8Name.Length) / _exported.Length);
            }
        }

        return deepest;
    }

    private byte[] NameAt(int depth)
    {
        byte[] name = new byte[(depth * _exported.Length) + _utf8Name.Length];
        for (int index = 0; index < depth; index++)
        {
            _exported.CopyTo(name, index * _exported.Length);
        }

        _utf8Name.CopyTo(name, depth * _exported.Length);
        return name;
    }

    private bool IsReserved(ReadOnlySpan<byte> name)
    {
        while (name.Length > _utf8Name.Length && name.StartsWith(_exported))
        {
            name = name[_exported.Length..];
        }

        return name.SequenceEqual(_utf8Name);
    }
}
