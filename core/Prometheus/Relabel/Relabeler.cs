using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AmpEdge.Prometheus;

/// <summary>Applies relabel rules to labels, in order, as Prometheus does. Runs once per series, not per sample.</summary>
public static class Relabeler
{
    /// <summary>Changes the labels; false when a rule drops them, whose index is then <paramref name="droppedBy"/>.</summary>
    public static bool Process(LabelsBuilder labels, ReadOnlySpan<RelabelRule> rules, out int droppedBy)
    {
        for (int index = 0; index < rules.Length; index++)
        {
            if (!Apply(labels, rules[index]))
            {
                droppedBy = index;
                return false;
            }
        }

        droppedBy = -1;
        return true;
    }

    /// <summary>Changes the labels; false when a rule drops them.</summary>
    public static bool Process(LabelsBuilder labels, ReadOnlySpan<RelabelRule> rules) =>
        Process(labels, rules, out _);

    private static bool Apply(LabelsBuilder labels, RelabelRule rule)
    {
        switch (rule.Config.Action)
        {
            case RelabelAction.LabelMap:
                MapNames(labels, rule);
                return true;
            case RelabelAction.LabelDrop:
                RemoveNames(labels, rule.Regex, whereMatching: true);
                return true;
            case RelabelAction.LabelKeep:
                RemoveNames(labels, rule.Regex, whereMatching: false);
                return true;
            default:
                break;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(SourceLength(labels, rule));
        try
        {
            ReadOnlySpan<byte> source = JoinSource(labels, rule, rented);
            return ApplyToSource(labels, rule, source);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool ApplyToSource(LabelsBuilder labels, RelabelRule rule, ReadOnlySpan<byte> source)
    {
        switch (rule.Config.Action)
        {
            case RelabelAction.Keep:
                return rule.Regex.IsMatch(source);
            case RelabelAction.Drop:
                return !rule.Regex.IsMatch(source);
            case RelabelAction.KeepEqual:
                return IsTargetEqual(labels, rule, source);
            case RelabelAction.DropEqual:
                return !IsTargetEqual(labels, rule, source);
            case RelabelAction.HashMod:
                SetHash(labels, rule, source);
                return true;
            case RelabelAction.Lowercase:
                labels.Set(rule.Config.TargetLabel, Encoding.UTF8.GetString(source).ToLowerInvariant());
                return true;
            case RelabelAction.Uppercase:
                labels.Set(rule.Config.TargetLabel, Encoding.UTF8.GetString(source).ToUpperInvariant());
                return true;
            case RelabelAction.Replace:
                Replace(labels, rule, source);
                return true;
            default:
                throw new InvalidOperationException($"unknown relabel action {rule.Config.Action}");
        }
    }

    private static int SourceLength(LabelsBuilder labels, RelabelRule rule)
    {
        int length = rule.Separator.Length * rule.SourceNames.Length;
        foreach (byte[] name in rule.SourceNames)
        {
            labels.TryGet(name, out ReadOnlySpan<byte> value);
            length += value.Length;
        }

        return length;
    }

    private static Span<byte> JoinSource(LabelsBuilder labels, RelabelRule rule, Span<byte> target)
    {
        int position = 0;
        for (int index = 0; index < rule.SourceNames.Length; index++)
        {
            if (index > 0)
            {
                rule.Separator.CopyTo(target[position..]);
                position += rule.Separator.Length;
            }

            labels.TryGet(rule.SourceNames[index], out ReadOnlySpan<byte> value);
            value.CopyTo(target[position..]);
            position += value.Length;
        }

        return target[..position];
    }

    private static bool IsTargetEqual(LabelsBuilder labels, RelabelRule rule, ReadOnlySpan<byte> source)
    {
        labels.TryGet(rule.TargetName, out ReadOnlySpan<byte> value);
        return value.SequenceEqual(source);
    }

    /// <summary>The last eight bytes of the MD5 sum, big-endian, modulo: the number every Prometheus gives.</summary>
    private static void SetHash(LabelsBuilder labels, RelabelRule rule, ReadOnlySpan<byte> source)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // Spreads targets over shards, guards nothing; the algorithm is part of the format.
        MD5.HashData(source, hash);
#pragma warning restore CA5351
        ulong remainder = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]) % rule.Config.Modulus;
        labels.Set(rule.Config.TargetLabel, remainder.ToString(CultureInfo.InvariantCulture));
    }

    private static void Replace(LabelsBuilder labels, RelabelRule rule, ReadOnlySpan<byte> source)
    {
        if (rule is { LiteralTarget: { } copy, MatchesAll: true, Replacement.IsFirstGroup: true })
        {
            // The rule that only copies a label: by far the most frequent one.
            labels.Set(copy, source);
            return;
        }

        if (!rule.Regex.IsMatch(source))
        {
            return;
        }

        if (rule is { LiteralTarget: { } name, LiteralReplacement: { } literal })
        {
            labels.Set(name, literal);
            return;
        }

        Match match = rule.Regex.Match(Encoding.UTF8.GetString(source));
        string target = rule.Target.Expand(match, rule.Regex);
        bool isName = rule.Utf8Names
            ? target.Length > 0
            : LabelNames.IsLegacyLabelName(Encoding.UTF8.GetBytes(target));
        if (isName)
        {
            labels.Set(target, rule.Replacement.Expand(match, rule.Regex));
        }
    }

    private static void MapNames(LabelsBuilder labels, RelabelRule rule)
    {
        // The rule looks at the labels as they were before it, not at those that it adds.
        Labels before = labels.Build();
        foreach (LabelPair label in before)
        {
            if (rule.Regex.IsMatch(label.Name))
            {
                Match match = rule.Regex.Match(Encoding.UTF8.GetString(label.Name));
                string name = rule.Replacement.Expand(match, rule.Regex);
                if (name.Length > 0)
                {
                    labels.Set(Encoding.UTF8.GetBytes(name), label.Value);
                }
            }
        }
    }

    private static void RemoveNames(LabelsBuilder labels, AnchoredRegex regex, bool whereMatching)
    {
        for (int index = labels.Count - 1; index >= 0; index--)
        {
            if (regex.IsMatch(labels[index].Name) == whereMatching)
            {
                labels.RemoveAt(index);
            }
        }
    }
}
