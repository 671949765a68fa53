-- publish: put committed entries into the live picture, in order, each once.
-- KEYS  1 epoch, 2 head, 3 bed, 4 request, 5 token, 6 room, 7 tail (a stream, id = Seq)
-- ARGV  1 epoch (what stands before the colon of KEYS[1]), 2 first seq, 3 how many to keep in the tail, then per entry: seq, entity, id, body ("" removes)
-- Returns the head afterwards; -1 when the picture is of another epoch or gone: rebuild it.
local made = redis.call('GET', KEYS[1])
if not made or string.match(made, '^[^:]*') ~= ARGV[1] then return -1 end
local head = tonumber(redis.call('GET', KEYS[2]) or '-1')
if head < 0 then return -1 end
if tonumber(ARGV[2]) > head + 1 then return head end
local home, tail = {}, KEYS[#KEYS]
for place, entity in ipairs(cjson.decode(ARGV[4])) do home[entity] = KEYS[place + 2] end
for i = 5, #ARGV, 4 do
  local seq, entity, id, body = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if seq > head then
    local key = home[entity]
    if key then
      if body == '' then redis.call('HDEL', key, id) else redis.call('HSET', key, id, body) end
      redis.call('XADD', tail, 'MAXLEN', '~', ARGV[3], ARGV[i] .. '-0', 'e', entity, 'i', id, 'b', body)
    else
      redis.call('XADD', tail, 'MAXLEN', '~', ARGV[3], ARGV[i] .. '-0', 'e', '', 'i', '', 'b', '')
    end
    head = seq
  end
end
redis.call('SET', KEYS[2], head)
return head
