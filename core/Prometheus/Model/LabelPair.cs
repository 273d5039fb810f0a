using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>One label as two slices of the blob it lies in; valid as long as that blob.</summary>
public readonly ref struct LabelPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    /// <summary>The name, UTF-8, never empty.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value, UTF-8 as far as its source was, never empty in a built label set.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    public void Deconstruct(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = Name;
        value = Value;
    }

    public override string ToString() => $"{Encoding.UTF8.GetString(Name)}={Encoding.UTF8.GetString(Value)}";
}
