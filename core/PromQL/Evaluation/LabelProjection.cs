using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Cuts label sets down to some labels (<c>by</c>, <c>on</c>) or to all but some (<c>without</c>, <c>ignoring</c>, which
/// leave out the metric name too). The result is blob bytes in a buffer of its own, so it costs nothing for a label set
/// that came before.
/// </summary>
internal sealed class LabelProjection
{
    private readonly byte[][] _names;
    private readonly bool _keep;
    private byte[] _buffer = new byte[256];

    private LabelProjection(IEnumerable<string> names, bool keep)
    {
        List<byte[]> sorted = [];
        foreach (string name in names)
        {
            sorted.Add(Encoding.UTF8.GetBytes(name));
        }

        if (!keep)
        {
            sorted.Add(LabelNames.MetricNameUtf8.ToArray());
        }

        sorted.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        _names = [.. sorted];
        _keep = keep;
    }

    public static LabelProjection Keep(IEnumerable<string> names) => new(names, keep: true);

    public static LabelProjection Without(IEnumerable<string> names) => new(names, keep: false);

    /// <summary>Without all that says which metric it is: the name, and type and unit where series carry them.</summary>
    public static LabelProjection WithoutMetricIdentity() =>
        new([LabelNames.MetricType, LabelNames.MetricUnit], keep: false);

    /// <summary>The blob of the projected set; valid until the next call.</summary>
    public ReadOnlySpan<byte> Project(Labels labels)
    {
        ReadOnlySpan<byte> blob = labels.Blob;
        if (blob.Length > _buffer.Length)
        {
            _buffer = new byte[blob.Length * 2];
        }

        int written = 0;
        int nameIndex = 0;
        int position = 0;
        foreach (LabelPair label in labels)
        {
            int length = LengthOfString(label.Name.Length) + LengthOfString(label.Value.Length);
            if (IsListed(label.Name, ref nameIndex) == _keep)
            {
                blob.Slice(position, length).CopyTo(_buffer.AsSpan(written));
                written += length;
            }

            position += length;
        }

        return _buffer.AsSpan(0, written);
    }

    /// <summary>Both lists are sorted, so the place in the names only moves on.</summary>
    private bool IsListed(ReadOnlySpan<byte> name, ref int nameIndex)
    {
        while (nameIndex < _names.Length)
        {
            int order = _names[nameIndex].AsSpan().SequenceCompareTo(name);
            if (order >= 0)
            {
                return order == 0;
            }

            nameIndex++;
        }

        return false;
    }

    private static int LengthOfString(int length)
    {
        int header = 1;
        for (uint rest = (uint)length; rest >= 0x80; rest >>= 7)
        {
            header++;
        }

        return header + length;
    }
}
