namespace AmpEdge.Tsdb;

/// <summary>Distinct texts in UTF-8, rising by their bytes, as Prometheus sorts names and values.</summary>
public sealed class SortedTexts
{
    private readonly TextSet _texts;
    private readonly int[] _order;

    internal SortedTexts(TextSet texts)
    {
        _texts = texts;
        _order = TextOrder.Of(texts);
    }

    public int Count => _order.Length;

    public ReadOnlySpan<byte> this[int place] => _texts[_order[place]];
}
