using System.Buffers;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>
/// Collects labels in any order and builds the sorted set. Reusable and cheap to reset: names and values lie in one
/// arena that grows and stays. Not thread-safe.
/// </summary>
public sealed class LabelsBuilder
{
    private const int StackBytes = 256;
    private const int MaxInsertionSort = 64;

    private byte[] _arena = new byte[512];
    private int _used;
    private Entry[] _entries = new Entry[16];
    private int _count;

    /// <summary>The number of labels set.</summary>
    public int Count => _count;

    /// <summary>Forgets all labels.</summary>
    public void Reset()
    {
        _used = 0;
        _count = 0;
    }

    /// <summary>Starts over from the labels of a set.</summary>
    public void Reset(Labels labels)
    {
        Reset();
        foreach (LabelPair label in labels)
        {
            Append(label.Name, label.Value);
        }
    }

    /// <summary>Sets a label; an empty value removes it. The spans may be slices of this builder's own values.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Remove(name);
            return;
        }

        int index = IndexOf(name);
        if (index < 0)
        {
            Append(name, value);
            return;
        }

        int valueOffset = Store(value);
        _entries[index] = _entries[index] with { ValueOffset = valueOffset, ValueLength = value.Length };
    }

    public void Set(string name, string value)
    {
        byte[]? rentedName = null;
        byte[]? rentedValue = null;
        try
        {
            ReadOnlySpan<byte> utf8Name = Encode(name, stackalloc byte[StackBytes], ref rentedName);
            ReadOnlySpan<byte> utf8Value = Encode(value, stackalloc byte[StackBytes], ref rentedValue);
            Set(utf8Name, utf8Value);
        }
        finally
        {
            Return(rentedName);
            Return(rentedValue);
        }
    }

    /// <summary>
    /// Adds a label without looking for one of the same name: for sources that cannot repeat a name, or that check
    /// with <see cref="Build(out bool)"/>.
    /// </summary>
    public void Append(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int nameOffset = Store(name);
        int valueOffset = Store(value);
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        _entries[_count++] = new Entry(nameOffset, name.Length, valueOffset, value.Length);
    }

    public void Remove(ReadOnlySpan<byte> name)
    {
        int index = IndexOf(name);
        if (index >= 0)
        {
            RemoveAt(index);
        }
    }

    public void Remove(string name)
    {
        byte[]? rented = null;
        Remove(Encode(name, stackalloc byte[StackBytes], ref rented));
        Return(rented);
    }

    /// <summary>Removes the label at a position of <see cref="this[int]"/>; the last one takes its place.</summary>
    public void RemoveAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _count);
        _entries[index] = _entries[--_count];
    }

    /// <summary>The value of a label; the slice is valid until the next change.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int index = IndexOf(name);
        value = index < 0 ? default : this[index].Value;
        return index >= 0;
    }

    /// <summary>The value of a label as a string, or the empty string.</summary>
    public string GetString(string name)
    {
        byte[]? rented = null;
        string value = TryGet(Encode(name, stackalloc byte[StackBytes], ref rented), out ReadOnlySpan<byte> utf8)
            ? Encoding.UTF8.GetString(utf8)
            : "";
        Return(rented);
        return value;
    }

    /// <summary>A label by position, in no particular order; positions change with <see cref="RemoveAt"/>.</summary>
    public LabelPair this[int index]
    {
        get
        {
            Entry entry = _entries[index];
            return new LabelPair(
                _arena.AsSpan(entry.NameOffset, entry.NameLength),
                _arena.AsSpan(entry.ValueOffset, entry.ValueLength));
        }
    }

    /// <summary>A name that was appended twice, or the empty span; sorts the labels.</summary>
    public ReadOnlySpan<byte> FindDuplicate()
    {
        Sort();
        for (int index = 1; index < _count; index++)
        {
            if (this[index].Name.SequenceEqual(this[index - 1].Name))
            {
                return this[index].Name;
            }
        }

        return default;
    }

    /// <summary>The sorted set of what was set.</summary>
    public Labels Build() => Build(out _);

    /// <summary>
    /// The sorted set. <paramref name="hasDuplicate"/> tells that a name was appended twice, in which case the set holds
    /// both and must not be used as a series' identity. Labels with an empty value are left out.
    /// </summary>
    public Labels Build(out bool hasDuplicate)
    {
        Sort();
        byte[] blob = new byte[BlobLength(out hasDuplicate)];
        WriteBlob(blob);
        return Labels.FromOwnedBlob(blob);
    }

    /// <summary>Appends the blob of the sorted set, without an object for it; see <see cref="Build(out bool)"/>.</summary>
    public void AppendBlobTo(ByteBuffer target, out bool hasDuplicate)
    {
        Sort();
        int length = BlobLength(out hasDuplicate);
        WriteBlob(target.Reserve(length));
        target.Advance(length);
    }

    private int BlobLength(out bool hasDuplicate)
    {
        int length = 0;
        hasDuplicate = false;
        for (int index = 0; index < _count; index++)
        {
            ref readonly Entry entry = ref _entries[index];
            hasDuplicate |= index > 0 && this[index].Name.SequenceEqual(this[index - 1].Name);
            length += entry.ValueLength == 0
                ? 0
                : LengthOfUvarint(entry.NameLength) + entry.NameLength
                    + LengthOfUvarint(entry.ValueLength) + entry.ValueLength;
        }

        return length;
    }

    private void WriteBlob(Span<byte> target)
    {
        for (int index = 0; index < _count; index++)
        {
            LabelPair label = this[index];
            if (!label.Value.IsEmpty)
            {
                target = WriteString(target, label.Name);
                target = WriteString(target, label.Value);
            }
        }
    }

    private static ReadOnlySpan<byte> Encode(string text, Span<byte> stack, ref byte[]? rented)
    {
        int maxLength = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> target = maxLength <= stack.Length
            ? stack
            : rented = ArrayPool<byte>.Shared.Rent(maxLength);
        return target[..Encoding.UTF8.GetBytes(text, target)];
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static int LengthOfUvarint(int value)
    {
        int length = 1;
        for (uint rest = (uint)value; rest >= 0x80; rest >>= 7)
        {
            length++;
        }

        return length;
    }

    private static Span<byte> WriteString(Span<byte> target, ReadOnlySpan<byte> text)
    {
        uint length = (uint)text.Length;
        int position = 0;
        for (; length >= 0x80; length >>= 7)
        {
            target[position++] = (byte)(length | 0x80);
        }

        target[position++] = (byte)length;
        text.CopyTo(target[position..]);
        return target[(position + text.Length)..];
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int index = 0; index < _count; index++)
        {
            ref readonly Entry entry = ref _entries[index];
            if (entry.NameLength == name.Length
                && _arena.AsSpan(entry.NameOffset, entry.NameLength).SequenceEqual(name))
            {
                return index;
            }
        }

        return -1;
    }

    private int Store(ReadOnlySpan<byte> bytes)
    {
        int offset = _used;
        if (bytes.Length > _arena.Length - _used)
        {
            // The source may be a slice of the old arena, which stays alive until the copy below is done.
            byte[] larger = new byte[Math.Max(_arena.Length * 2, _used + bytes.Length)];
            _arena.AsSpan(0, _used).CopyTo(larger);
            _arena = larger;
        }

        bytes.CopyTo(_arena.AsSpan(offset));
        _used += bytes.Length;
        return offset;
    }

    /// <summary>Label sets are short and mostly sorted already; only those from who knows where are long.</summary>
    private void Sort()
    {
        if (_count > MaxInsertionSort)
        {
            byte[] arena = _arena;
            _entries.AsSpan(0, _count).Sort((left, right) =>
                arena.AsSpan(left.NameOffset, left.NameLength).SequenceCompareTo(
                    arena.AsSpan(right.NameOffset, right.NameLength)));
            return;
        }

        for (int index = 1; index < _count; index++)
        {
            Entry moving = _entries[index];
            ReadOnlySpan<byte> name = _arena.AsSpan(moving.NameOffset, moving.NameLength);
            int hole = index;
            while (hole > 0 && this[hole - 1].Name.SequenceCompareTo(name) > 0)
            {
                _entries[hole] = _entries[hole - 1];
                hole--;
            }

            _entries[hole] = moving;
        }
    }

    private readonly record struct Entry(int NameOffset, int NameLength, int ValueOffset, int ValueLength);
}
