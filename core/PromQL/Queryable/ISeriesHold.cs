namespace AmpEdge.PromQL;

/// <summary>
/// Series that a walk came by, to be decoded after it went on: by any one thread at a time, while another walks or decodes
/// what other holds have. Emptied and used again; valid until the walk is disposed.
/// </summary>
public interface ISeriesHold
{
    void Clear();

    /// <summary>Takes the series that the walk is at, as the last one. Only whoever walks may call it.</summary>
    void Add();

    /// <summary>As <see cref="ISeriesSet.Decode"/>, for one of the series, counted from 0.</summary>
    void Decode(int index, SampleBuffer samples);
}
