using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AmpEdge.Hosting;

/// <summary>Builds the tree of one document from parser events: anchors, aliases, merge keys, limits.</summary>
internal sealed class YamlComposer
{
    private const int MaxDepth = 64;

    /// <summary>How many nodes a walk may meet through aliases; a file of this size without aliases is refused earlier.</summary>
    private const long MaxExpandedNodes = 4_000_000;

    private const string MergeKey = "<<";

    private readonly Dictionary<AnchorName, YamlNode> _anchors = [];
    private readonly string _file;
    private readonly IParser _parser;
    private readonly ConfigErrors _errors;

    public YamlComposer(string file, IParser parser, ConfigErrors errors)
    {
        _file = file;
        _parser = parser;
        _errors = errors;
    }

    public static YamlPosition PositionOf(in Mark mark) =>
        new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    /// <summary>The first document; null when it is not usable. A second one is an error.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public YamlNode? Compose()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return new YamlScalar(new YamlPosition(1, 1), "", isPlain: true);
        }

        _parser.Consume<DocumentStart>();
        YamlNode? root = ComposeNode(0);
        if (root is null)
        {
            return null;
        }

        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out DocumentStart? second))
        {
            Fail(second.Start, "a second document is not read: put everything into one");
        }

        if (root.ExpandedSize > MaxExpandedNodes)
        {
            Fail(Mark.Empty, $"aliases expand to more than {MaxExpandedNodes} values");
            return null;
        }

        return root;
    }

    private YamlNode? ComposeNode(int depth)
    {
        if (depth > MaxDepth)
        {
            Fail(_parser.Current?.Start ?? Mark.Empty, $"nested more than {MaxDepth} levels deep");
            return null;
        }

        if (_parser.Accept<AnchorAlias>(out AnchorAlias? alias))
        {
            _parser.MoveNext();
            if (_anchors.TryGetValue(alias.Value, out YamlNode? known))
            {
                return known;
            }

            Fail(alias.Start, $"alias *{alias.Value} names no anchor before it");
            return null;
        }

        ParsingEvent? current = _parser.Current;
        YamlNode? node = current switch
        {
            Scalar => ComposeScalar(_parser.Consume<Scalar>()),
            SequenceStart => ComposeSequence(depth),
            _ => ComposeMapping(depth),
        };
        if (node is not null && current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor] = node;
        }

        return node;
    }

    private YamlScalar? ComposeScalar(Scalar scalar)
    {
        bool isPlain = scalar.Style is ScalarStyle.Plain or ScalarStyle.Any;
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        switch (tag)
        {
            case "" or "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool"
                or "tag:yaml.org,2002:null":
                return new YamlScalar(PositionOf(scalar.Start), scalar.Value, isPlain || tag.Length > 0);
            case "tag:yaml.org,2002:str" or "!":
                return new YamlScalar(PositionOf(scalar.Start), scalar.Value, isPlain: false);
            case "tag:yaml.org,2002:binary" when DecodeBinary(scalar.Value) is { } decoded:
                return new YamlScalar(PositionOf(scalar.Start), decoded, isPlain: false);
            default:
                Fail(scalar.Start, $"tag {tag} is not known or does not fit its value");
                return null;
        }
    }

    private YamlSequence? ComposeSequence(int depth)
    {
        SequenceStart start = _parser.Consume<SequenceStart>();
        List<YamlNode> items = [];
        long size = 1;
        while (!_parser.Accept<SequenceEnd>(out _))
        {
            if (ComposeNode(depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
            size = AddSizes(size, item.ExpandedSize);
        }

        _parser.Consume<SequenceEnd>();
        return new YamlSequence(PositionOf(start.Start), items, size);
    }

    private YamlMapping? ComposeMapping(int depth)
    {
        MappingStart start = _parser.Consume<MappingStart>();
        List<YamlEntry> entries = [];
        List<YamlMapping> merged = [];
        while (!_parser.Accept<MappingEnd>(out _))
        {
            YamlNode? key = ComposeNode(depth + 1);
            YamlNode? value = key is null ? null : ComposeNode(depth + 1);
            if (key is null || value is null)
            {
                return null;
            }

            if (key is not YamlScalar { Value: { } name } scalar)
            {
                FailAt(key.Position, $"a key must be a text, not {key.Shape}");
                return null;
            }

            if (name == MergeKey && scalar.IsPlain)
            {
                if (!TryMerge(value, merged))
                {
                    return null;
                }
            }
            else
            {
                entries.Add(new YamlEntry(name, key.Position, value));
            }
        }

        _parser.Consume<MappingEnd>();
        return WithMerged(PositionOf(start.Start), entries, merged);
    }

    private bool TryMerge(YamlNode value, List<YamlMapping> merged)
    {
        if (value is YamlMapping mapping)
        {
            merged.Add(mapping);
            return true;
        }

        foreach (YamlNode item in (value as YamlSequence)?.Items ?? [value])
        {
            if (item is not YamlMapping one)
            {
                FailAt(item.Position, $"{MergeKey} merges mappings, not {item.Shape}");
                return false;
            }

            merged.Add(one);
        }

        return true;
    }

    /// <summary>Own keys win over merged ones, an earlier merged mapping over a later one.</summary>
    private static YamlMapping WithMerged(YamlPosition position, List<YamlEntry> entries, List<YamlMapping> merged)
    {
        if (merged.Count > 0)
        {
            HashSet<string> keys = new(StringComparer.Ordinal);
            foreach (YamlEntry entry in entries)
            {
                keys.Add(entry.Key);
            }

            foreach (YamlMapping mapping in merged)
            {
                foreach (YamlEntry entry in mapping.Entries)
                {
                    if (keys.Add(entry.Key))
                    {
                        entries.Add(entry);
                    }
                }
            }
        }

        long size = 1;
        foreach (YamlEntry entry in entries)
        {
            size = AddSizes(size, entry.Value.ExpandedSize);
        }

        return new YamlMapping(position, entries, size);
    }

    /// <summary>Base64 to text; a byte that is no UTF-8 becomes a lone surrogate that names it. Null when no base64.</summary>
    private static string? DecodeBinary(string base64)
    {
        byte[] bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out int length))
        {
            return null;
        }

        StringBuilder text = new(length);
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, length);
        while (rest.Length > 0)
        {
            bool valid = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done;
            consumed = valid ? consumed : 1;
            text.Append(valid ? rune.ToString() : ((char)(0xDC00 + rest[0])).ToString());
            rest = rest[consumed..];
        }

        return text.ToString();
    }

    private static long AddSizes(long left, long right) =>
        left > long.MaxValue - right ? long.MaxValue : left + right;

    private void Fail(in Mark mark, string problem) => FailAt(PositionOf(mark), problem);

    private void FailAt(YamlPosition position, string problem) =>
        _errors.Add(new ConfigProblem(_file, position, "", problem));
}
