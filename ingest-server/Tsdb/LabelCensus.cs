using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The distinct texts at which many series were looked at: names of labels, or values of one. A series mostly has the texts of the
/// one before it in the same places, which is seen without a look-up.
/// </summary>
internal sealed class LabelCensus(TextSet texts)
{
    /// <summary>The texts of the series looked at last, by their places.</summary>
    private readonly List<int> _before = [];

    /// <summary>All that were found.</summary>
    public TextSet Texts => texts;

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
        if (place == _before.Count)
        {
            _before.Add(texts.Add(text));
        }
        else if (!text.SequenceEqual(texts[_before[place]]))
        {
            _before[place] = texts.Add(text);
        }
    }
}
