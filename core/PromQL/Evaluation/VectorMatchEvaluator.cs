using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Arithmetic and comparison between two vectors. Series meet by their group (the labels of <c>on</c>, or all but those
/// of <c>ignoring</c>), which is found once per series; then whole columns are combined. Who meets whom may differ from
/// step to step, so each pair of a group is combined at the steps where both have a value.
/// </summary>
internal sealed class VectorMatchEvaluator
{
    private const string ManyToOneNotExplicit =
        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)";

    private const string ResultNotUnique =
        "multiple matches for labels: grouping labels must ensure unique matches";

    private readonly EvaluationContext _context;
    private readonly BinaryExpr _binary;
    private readonly VectorMatching _matching;
    private readonly SeriesMatrix _many;
    private readonly SeriesMatrix _one;
    private readonly LabelGroups _groups;
    private readonly MatchedLabels _resultLabels;
    private readonly bool _dropName;
    private readonly MergingMatrix _result;
    private readonly double[] _column;
    private readonly HistogramOperator _histograms;

    /// <summary>Made for the first pair with native histograms, of which most queries see none.</summary>
    private FloatHistogram?[] _histogramColumn = [];

    /// <summary>
    /// For groups of more than one series of the "one" side: at each step one above the row that has a value there, 0 for
    /// none. Before <see cref="_sharedStep"/> no other row of the group matters there.
    /// </summary>
    private readonly Dictionary<int, int[]> _oneAtStep = [];

    /// <summary>The first pair of each key, and for keys with more pairs the steps at which one of them matched.</summary>
    private readonly Dictionary<MatchKey, MatchedPair> _firstPairs = [];
    private readonly Dictionary<MatchKey, bool[]> _matchedSteps = [];

    /// <summary>The first series of each group of the "one" side.</summary>
    private int[] _firstOne = [];

    /// <summary>For each series of the "one" side, one above the row of the "many" side that it was paired with last.</summary>
    private readonly int[] _pairedWith;

    /// <summary>At which steps the "many" side has any value; made when it is first asked for.</summary>
    private bool[]? _manySteps;

    /// <summary>The first step at which two series of the "one" side are in the same group; MaxValue for none.</summary>
    private int _sharedStep = int.MaxValue;

    /// <summary>The first step at which two results would be the same series; MaxValue for none.</summary>
    private int _collisionStep = int.MaxValue;

    public VectorMatchEvaluator(
        BinaryExpr binary, VectorMatching matching, SeriesMatrix left, SeriesMatrix right, EvaluationContext context)
    {
        bool oneIsLeft = matching.Cardinality == MatchCardinality.OneToMany;
        _context = context;
        _binary = binary;
        _matching = matching;
        _many = oneIsLeft ? right : left;
        _one = oneIsLeft ? left : right;
        _groups = new LabelGroups(
            matching.On ? LabelProjection.Keep(matching.Labels) : LabelProjection.Without(matching.Labels));
        bool delayed = context.Options.DelayedNameRemoval;
        _resultLabels = new MatchedLabels(
            matching, dropName: binary.Operator.IsArithmetic() || (binary.ReturnBool && !delayed));
        _dropName = binary.ReturnBool && delayed;
        _pairedWith = new int[_one.Count];
        _result = new MergingMatrix(left.StepCount);
        _result.Matrix.NamesVary = !binary.Operator.IsArithmetic() && _many.NamesVary;
        _column = new double[left.StepCount];
        _histograms = new HistogramOperator(binary, context.Annotations);
    }

    /// <exception cref="QueryException">Series meet in a way that the cardinality does not allow.</exception>
    public SeriesMatrix Evaluate()
    {
        GroupOneSide();
        for (int row = 0; row < _many.Count && FirstFailure > 0; row++)
        {
            _context.ThrowIfStopped();
            CombineRow(row);
        }

        ThrowFirstFailure();
        return _result.Matrix;
    }

    /// <summary>The earliest step at which the query is known to fail: only what comes before it matters any more.</summary>
    private int FirstFailure => Math.Min(_sharedStep, _collisionStep);

    /// <summary>Lists the series of the "one" side by group, and looks for two that are there at the same step.</summary>
    private void GroupOneSide()
    {
        _firstOne = new int[_one.Count];
        for (int row = 0; row < _one.Count; row++)
        {
            int known = _groups.Count;
            int group = _groups.GetOrAdd(_one.Labels(row));
            if (group == known)
            {
                _firstOne[group] = row;
            }
            else
            {
                _sharedStep = Math.Min(_sharedStep, FindSharedStep(group, row));
            }
        }
    }

    /// <summary>
    /// The first step at which a further series of a group meets one of those before it. Where the "many" side is empty
    /// nothing is matched, so nothing can be ambiguous.
    /// </summary>
    private int FindSharedStep(int group, int row)
    {
        if (!_oneAtStep.TryGetValue(group, out int[]? oneAtStep))
        {
            _context.Budget.HoldBytes((long)_column.Length * sizeof(int));
            _oneAtStep[group] = oneAtStep = new int[_column.Length];
            Take(oneAtStep, _firstOne[group]);
        }

        int shared = 0;
        while (shared < oneAtStep.Length
            && (!_one.IsPresent(row, shared) || oneAtStep[shared] == 0 || !ManySideHasValueAt(shared)))
        {
            shared++;
        }

        Take(oneAtStep, row);
        return shared < oneAtStep.Length ? shared : int.MaxValue;
    }

    private void Take(int[] oneAtStep, int row)
    {
        for (int step = 0; step < oneAtStep.Length; step++)
        {
            oneAtStep[step] = _one.IsPresent(row, step) ? row + 1 : oneAtStep[step];
        }
    }

    private bool ManySideHasValueAt(int step)
    {
        if (_manySteps is null)
        {
            _manySteps = new bool[_column.Length];
            for (int row = 0; row < _many.Count; row++)
            {
                for (int at = 0; at < _manySteps.Length; at++)
                {
                    _manySteps[at] |= _many.IsPresent(row, at);
                }
            }
        }

        return _manySteps[step];
    }

    /// <summary>Of all failures the one at the earliest step is the query's; at the same step the "one" side's.</summary>
    private void ThrowFirstFailure()
    {
        if (_sharedStep != int.MaxValue && _sharedStep <= _collisionStep)
        {
            throw ManyToMany();
        }

        if (_collisionStep != int.MaxValue)
        {
            bool oneToOne = _matching.Cardinality == MatchCardinality.OneToOne;
            throw new QueryException(QueryErrorKind.Execution, oneToOne ? ManyToOneNotExplicit : ResultNotUnique);
        }
    }

    private QueryException ManyToMany()
    {
        Dictionary<int, int> seen = [];
        int second = 0;
        while (!_one.IsPresent(second, _sharedStep) || seen.TryAdd(_groups.Find(_one.Labels(second)), second))
        {
            second++;
        }

        int group = _groups.Find(_one.Labels(second));
        Labels lower = _one.Labels(seen[group]);
        Labels upper = _one.Labels(second);
        if (lower.CompareTo(upper) > 0)
        {
            (lower, upper) = (upper, lower);
        }

        string side = _matching.Cardinality == MatchCardinality.OneToMany ? "left" : "right";
        return new QueryException(
            QueryErrorKind.Execution,
            $"found duplicate series for the match group {LabelsFormatter.FormatAsPairs(_groups[group])} on the {side} "
            + $"hand-side of the operation: [{LabelsFormatter.FormatAsPairs(lower)}, {LabelsFormatter.FormatAsPairs(upper)}]"
            + ";many-to-many matching not allowed: matching labels must be unique on one side");
    }

    /// <summary>
    /// Pairs a series of the "many" side with those that it meets at some step. Going by steps and not by members keeps
    /// this linear: of a group with many members on both sides, few meet.
    /// </summary>
    private void CombineRow(int row)
    {
        int group = _groups.Find(_many.Labels(row));
        if (group < 0)
        {
            return;
        }

        if (!_oneAtStep.TryGetValue(group, out int[]? oneAtStep))
        {
            CombinePair(group, row, _firstOne[group]);
            return;
        }

        for (int step = 0; step < oneAtStep.Length && step < FirstFailure; step++)
        {
            int one = oneAtStep[step] - 1;
            if (one >= 0 && _pairedWith[one] != row + 1 && _many.IsPresent(row, step))
            {
                _pairedWith[one] = row + 1;
                CombinePair(group, row, one);
            }
        }
    }

    private void CombinePair(int group, int manyRow, int oneRow)
    {
        Labels labels = _resultLabels.Build(_many.Labels(manyRow), _one.Labels(oneRow));
        bool oneToOne = _matching.Cardinality == MatchCardinality.OneToOne;
        MatchKey key = new(group, oneToOne ? Labels.Empty : labels);
        MatchedPair pair = new(manyRow, oneRow);
        if (!_firstPairs.TryAdd(key, pair))
        {
            _collisionStep = Math.Min(_collisionStep, FindCollision(key, pair));
        }

        if (FirstFailure == int.MaxValue)
        {
            int known = _result.Matrix.Count;
            Combine(_many.Values(manyRow), _one.Values(oneRow));
            bool hasHistograms = CombineHistograms(manyRow, oneRow);
            _result.Add(labels, _dropName, _column, hasHistograms ? _histogramColumn : default);
            _context.Budget.HoldBytes((long)(_result.Matrix.Count - known) * _column.Length * sizeof(double));
        }
    }

    /// <summary>
    /// The first step at which a further pair has a match where one before it has, whether or not a comparison then keeps
    /// it.
    /// </summary>
    private int FindCollision(MatchKey key, MatchedPair pair)
    {
        if (!_matchedSteps.TryGetValue(key, out bool[]? matched))
        {
            _context.Budget.HoldBytes(_column.Length);
            _matchedSteps[key] = matched = new bool[_column.Length];
            MarkMatches(_firstPairs[key], matched);
        }

        return MarkMatches(pair, matched);
    }

    /// <summary>Marks where both series of a pair have a value; gives the first such step that was marked before.</summary>
    private int MarkMatches(MatchedPair pair, bool[] matched)
    {
        int collision = int.MaxValue;
        for (int step = matched.Length - 1; step >= 0; step--)
        {
            if (_many.IsPresent(pair.ManyRow, step) && _one.IsPresent(pair.OneRow, step))
            {
                collision = matched[step] ? step : collision;
                matched[step] = true;
            }
        }

        return collision;
    }

    private void Combine(ReadOnlySpan<double> many, ReadOnlySpan<double> one)
    {
        bool oneIsLeft = _matching.Cardinality == MatchCardinality.OneToMany;
        ReadOnlySpan<double> left = oneIsLeft ? one : many;
        ReadOnlySpan<double> right = oneIsLeft ? many : one;
        if (_binary.Operator.IsArithmetic())
        {
            BinaryOperation.Compute(_binary.Operator, left, right, _column);
        }
        else if (_binary.ReturnBool)
        {
            BinaryOperation.Compare(_binary.Operator, left, right, _column);
        }
        else if (_binary.Operator.IsComparison())
        {
            BinaryOperation.Filter(_binary.Operator, left, right, left, _column);
        }
        else
        {
            _column.AsSpan().Fill(Missing.Value);
        }
    }

    /// <summary>Computes the steps of a pair that have native histograms; false when there are none.</summary>
    private bool CombineHistograms(int manyRow, int oneRow)
    {
        bool oneIsLeft = _matching.Cardinality == MatchCardinality.OneToMany;
        MixedColumn many = new(_many.Values(manyRow), _many.Histograms(manyRow));
        MixedColumn one = new(_one.Values(oneRow), _one.Histograms(oneRow));
        MixedColumn left = oneIsLeft ? one : many;
        MixedColumn right = oneIsLeft ? many : one;
        if (!_histograms.Concerns(left, right))
        {
            return false;
        }

        _histogramColumn = _histogramColumn.Length == 0 ? new FloatHistogram?[_column.Length] : _histogramColumn;
        _histograms.Apply(left, right, _column, _histogramColumn);
        return true;
    }

    /// <summary>What may match once per step: a group, or one result of a group where many may match.</summary>
    private readonly record struct MatchKey(int Group, Labels Labels);

    /// <summary>A series of each side that met.</summary>
    private readonly record struct MatchedPair(int ManyRow, int OneRow);
}
