-- Whose turn it is to record counts: KEYS[1] says which node's. ARGV is the node that asks, and the
-- milliseconds for which it keeps the turn: with 0, it gives the turn up. Answers 0: another one's; 1: this one's from now on; 2: it
-- is this one's still.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
    return 0
end
if ARGV[2] == '0' then
    redis.call('DEL', KEYS[1])
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 2 or 1
