using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Label sets cut down to some names, for those who look at no others. Series one after the other that are the same then share
/// one object.
/// </summary>
public sealed class KeptLabels
{
    private readonly List<byte[]> _names = [];
    private readonly ByteBuffer _blob = new();
    private Labels _last = Labels.Empty;

    /// <param name="names">The labels to keep, in any order.</param>
    public KeptLabels(params IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            _names.Add(Encoding.UTF8.GetBytes(name));
        }
    }

    /// <summary>What is left of some labels.</summary>
    internal Labels Of<TLabels>(TLabels labels)
        where TLabels : struct, ILabelWalk, allows ref struct
    {
        _blob.Clear();
        while (labels.MoveNext())
        {
            if (IsKept(labels.Current.Name))
            {
                _blob.AppendLengthPrefixed(labels.Current.Name);
                _blob.AppendLengthPrefixed(labels.Current.Value);
            }
        }

        if (!_blob.Written.SequenceEqual(_last.Blob))
        {
            _last = Labels.FromBlob(_blob.Written);
        }

        return _last;
    }

    private bool IsKept(ReadOnlySpan<byte> name)
    {
        foreach (byte[] kept in _names)
        {
            if (name.SequenceEqual(kept))
            {
                return true;
            }
        }

        return false;
    }
}
