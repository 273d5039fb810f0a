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

    /// <summary>At which steps a group of the "one" side has a member, for groups of more than one series.</summary>
    private readonly Dictionary<int, bool[]> _takenSteps = [];

    /// <summary>The first pair of each key, and for keys with more pairs the steps at which one of them matched.</summary>
    private readonly Dictionary<MatchKey, MatchedPair> _firstPairs = [];
    private readonly Dictionary<MatchKey, bool[]> _matchedSteps = [];

    /// <summary>The first series of each group of the "one" side, and for each series the next of its group, or -1.</summary>
    private int[] _firstOne = [];
    private int[] _nextOne = [];

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
            matching, dropName: !binary.Operator.IsComparison() || (binary.ReturnBool && !delayed));
        _dropName = binary.ReturnBool && delayed;
        _result = new MergingMatrix(left.StepCount);
        _result.Matrix.NamesVary = binary.Operator.IsComparison() && _many.NamesVary;
        _column = new double[left.StepCount];
    }

    /// <exception cref="QueryException">Series meet in a way that the cardinality does not allow.</exception>
    public SeriesMatrix Evaluate()
    {
        ChainOneSide();
        if (_sharedStep == 0)
        {
            // No failure can come earlier, and pairing the members of such groups would take the square of their number.
            throw ManyToMany();
        }

        for (int row = 0; row < _many.Count; row++)
        {
            _context.ThrowIfStopped();
            int group = _groups.Find(_many.Labels(row));
            for (int one = group < 0 ? -1 : _firstOne[group]; one >= 0; one = _nextOne[one])
            {
                CombinePair(group, row, one);
            }
        }

        ThrowFirstFailure();
        return _result.Matrix;
    }

    /// <summary>Lists the series of the "one" side by group, and looks for two that are there at the same step.</summary>
    private void ChainOneSide()
    {
        int[] lastOne = new int[_one.Count];
        _firstOne = new int[_one.Count];
        _nextOne = new int[_one.Count];
        Array.Fill(_nextOne, -1);
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
                _nextOne[lastOne[group]] = row;
            }

            lastOne[group] = row;
        }
    }

    /// <summary>
    /// The first step at which a further series of a group meets one of those before it. Where the "many" side is empty
    /// nothing is matched, so nothing can be ambiguous.
    /// </summary>
    private int FindSharedStep(int group, int row)
    {
        if (!_takenSteps.TryGetValue(group, out bool[]? taken))
        {
            _takenSteps[group] = taken = new bool[_column.Length];
            Take(taken, _one.Values(_firstOne[group]));
        }

        ReadOnlySpan<double> values = _one.Values(row);
        int shared = 0;
        while (shared < values.Length
            && (Missing.IsMissing(values[shared]) || !taken[shared] || !ManySideHasValueAt(shared)))
        {
            shared++;
        }

        Take(taken, values);
        return shared < values.Length ? shared : int.MaxValue;
    }

    private static void Take(bool[] taken, ReadOnlySpan<double> values)
    {
        for (int step = 0; step < taken.Length; step++)
        {
            taken[step] |= !Missing.IsMissing(values[step]);
        }
    }

    private bool ManySideHasValueAt(int step)
    {
        if (_manySteps is null)
        {
            _manySteps = new bool[_column.Length];
            for (int row = 0; row < _many.Count; row++)
            {
                Take(_manySteps, _many.Values(row));
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
        while (Missing.IsMissing(_one.Values(second)[_sharedStep]) || seen.TryAdd(_groups.Find(_one.Labels(second)), second))
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

        if (_sharedStep == int.MaxValue && _collisionStep == int.MaxValue)
        {
            Combine(_many.Values(manyRow), _one.Values(oneRow));
            _result.Add(labels, _dropName, _column);
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
            _matchedSteps[key] = matched = new bool[_column.Length];
            MarkMatches(_firstPairs[key], matched);
        }

        return MarkMatches(pair, matched);
    }

    /// <summary>Marks where both series of a pair have a value; gives the first such step that was marked before.</summary>
    private int MarkMatches(MatchedPair pair, bool[] matched)
    {
        ReadOnlySpan<double> many = _many.Values(pair.ManyRow);
        ReadOnlySpan<double> one = _one.Values(pair.OneRow);
        int collision = int.MaxValue;
        for (int step = matched.Length - 1; step >= 0; step--)
        {
            if (!Missing.IsMissing(many[step]) && !Missing.IsMissing(one[step]))
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
        if (!_binary.Operator.IsComparison())
        {
            BinaryOperation.Compute(_binary.Operator, left, right, _column);
        }
        else if (_binary.ReturnBool)
        {
            BinaryOperation.Compare(_binary.Operator, left, right, _column);
        }
        else
        {
            BinaryOperation.Filter(_binary.Operator, left, right, left, _column);
        }
    }

    /// <summary>What may match once per step: a group, or one result of a group where many may match.</summary>
    private readonly record struct MatchKey(int Group, Labels Labels);

    /// <summary>A series of each side that met.</summary>
    private readonly record struct MatchedPair(int ManyRow, int OneRow);
}
