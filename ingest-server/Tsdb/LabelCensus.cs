using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The distinct texts at which many series were looked at: names of labels, or values of one. A series mostly has the texts of the
/// one before it in the same places, which is seen without a look-up.
/// </summary>
internal sealed class LabelCensus
{
    private readonly HashSet<byte[]> _texts = new(new Utf8NameComparer());
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _known;
    private readonly List<byte[]> _before = [];

    public LabelCensus() => _known = _texts.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>All that were found, in no order.</summary>
    public IReadOnlyCollection<byte[]> Texts => _texts;

    public bool Contains(ReadOnlySpan<byte> text) => _known.Contains(text);

    /// <summary>Takes in a text.</summary>
    public void Add(ReadOnlySpan<byte> text) => _known.Add(text);

    /// <summary>Takes in the names of a series' labels.</summary>
    public void AddNames<TLabels>(TLabels labels)
        where TLabels : struct, ILabelWalk, allows ref struct
    {
        for (int place = 0; labels.MoveNext(); place++)
        {
            Add(place, labels.Current.Name);
        }
    }

    /// <summary>Takes in the value of one label, if the series has it.</summary>
    public void AddValue<TLabels>(TLabels labels, ReadOnlySpan<byte> name)
        where TLabels : struct, ILabelWalk, allows ref struct
    {
        while (labels.MoveNext())
        {
            if (labels.Current.Name.SequenceEqual(name))
            {
                Add(0, labels.Current.Value);
                return;
            }
        }
    }

    /// <summary>Takes in the text at a place of a series; places rise from 0 without gaps.</summary>
    private void Add(int place, ReadOnlySpan<byte> text)
    {
        if (place < _before.Count)
        {
            if (!text.SequenceEqual(_before[place]))
            {
                _before[place] = Known(text);
            }
        }
        else
        {
            _before.Add(Known(text));
        }
    }

    private byte[] Known(ReadOnlySpan<byte> text)
    {
        _known.Add(text);
        _known.TryGetValue(text, out byte[]? known);
        return known!;
    }
}
