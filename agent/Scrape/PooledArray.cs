namespace AmpEdge.Agent.Scrape;

/// <summary>
/// An array that grows in rented ones and is kept in one of its own: what many targets throw away while they grow is used by the
/// next, and what each keeps is as long as its contents. A mutable struct: to be held in a field, and not copied.
/// </summary>
/// <typeparam name="T">No references, since rented arrays are not cleared.</typeparam>
internal struct PooledArray<T>
    where T : unmanaged
{
    private const int FirstLength = 64;

    private T[]? _items;
    private bool _isRented;

    public int Length { get; private set; }

    public readonly Span<T> Used => _items.AsSpan(0, Length);

    /// <summary>One of the items, or of the places behind them that were in use before.</summary>
    public readonly ref T this[int index] => ref (_items ?? [])[index];

    public void Add(T item)
    {
        EnsureRoom();
        _items![Length++] = item;
    }

    /// <summary>Makes room for one more item: what comes before <see cref="Add"/> need not be undone when there is no memory.</summary>
    public void EnsureRoom()
    {
        if (_items is null || Length == _items.Length)
        {
            Grow(1);
        }
    }

    /// <summary>Adds so many items, which the caller fills.</summary>
    public Span<T> AddMany(int count)
    {
        if (_items is null || count > _items.Length - Length)
        {
            Grow(count);
        }

        Length += count;
        return _items.AsSpan(Length - count, count);
    }

    /// <summary>Leaves the first items only.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Keeps the items in an array of about their length, where it is much longer or rented.</summary>
    public void Settle()
    {
        if (_items is { } items && (_isRented || items.Length - Length > FirstLength + (Length / 8)))
        {
            T[] kept = new T[Length + (Length / 16)];
            Used.CopyTo(kept);
            Return(items);
            _items = kept;
        }
    }

    public void Clear()
    {
        if (_items is { } items)
        {
            Return(items);
        }

        _items = null;
        Length = 0;
    }

    private void Grow(int count)
    {
        T[] larger = ScratchArrays.Rent<T>(Math.Max(FirstLength, Math.Max(Length + count, Length * 2)));
        Used.CopyTo(larger);
        if (_items is { } items)
        {
            Return(items);
        }

        _items = larger;
        _isRented = true;
    }

    private void Return(T[] items)
    {
        if (_isRented)
        {
            ScratchArrays.Return(items);
            _isRented = false;
        }
    }
}
